//! What became of a broadcast beyond its funnel: what its messages are billed by and why they failed, who took
//! a consent back, why it goes to nobody of these, and what is under way.

use crate::records::By;

/// The messages of a broadcast by a part: of both ways, by the channel they left by, their status, the
/// provider's code, and whether the provider had taken what failed, with the short messages they fill.
macro_rules! messages {
    ($key:literal, $join:literal) => {
        concat!(
            "
    SELECT part, channel, status, error, taken, count(*), CAST(sum(parts) AS BIGINT) FROM (
        SELECT ",
            $key,
            " AS part, o.channel, o.status, o.error, coalesce(o.parts, 1) AS parts,
               CAST(CASE WHEN o.provider_id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS taken
        FROM recipients r JOIN outgoing o ON o.id = r.outgoing ",
            $join,
            " WHERE r.broadcast = ?1
        UNION ALL
        SELECT ",
            $key,
            " AS part, o.channel, o.status, o.error, coalesce(o.parts, 1) AS parts,
               CAST(CASE WHEN o.provider_id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS taken
        FROM recipients r JOIN outgoing o ON o.id = r.fallback_outgoing ",
            $join,
            " WHERE r.broadcast = ?1) AS message
    GROUP BY part, channel, status, error, taken ORDER BY part, channel, status, error, taken"
        )
    };
}

/// Who took a consent back within seven days of the message, of those it reached or may have, by a part: a no to
/// whoever asked for it takes nothing back, and a stop of next year is about something else. One who was found to be
/// somebody else has the words of that one.
macro_rules! opted_out {
    ($key:literal, $join:literal) => {
        concat!(
            "
    SELECT ",
            $key,
            ", count(*)
    FROM recipients r JOIN outgoing o ON o.id = r.outgoing
    LEFT JOIN outgoing f ON f.id = r.fallback_outgoing ",
            $join,
            " WHERE r.broadcast = ?1 AND r.state = 1
      AND (o.status BETWEEN 2 AND 5 OR f.status BETWEEN 2 AND 5)
      AND EXISTS (
        SELECT 1 FROM consents c
        WHERE c.contact = (SELECT coalesce(them.merged_into, them.id) FROM contacts them
                           WHERE them.id = r.contact)
          AND c.given = 0 AND c.at BETWEEN o.created AND o.created + 604800000
          AND (SELECT e.given FROM consents e
               WHERE e.contact = c.contact AND e.purpose = c.purpose AND e.person = c.person
                 AND (e.at < c.at OR (e.at = c.at AND e.id < c.id))
               ORDER BY e.at DESC, e.id DESC LIMIT 1) = 1)
    GROUP BY 1 ORDER BY 1"
        )
    };
}

const SEAT_OF_MESSAGES: &str = messages!(
    "CASE WHEN m.assembly > 0 THEN CAST(m.assembly AS TEXT) ELSE '' END",
    "LEFT JOIN members m ON m.contact = r.contact AND m.person = 0 AND m.until IS NULL"
);

const SEAT_OF_OPTED_OUT: &str = opted_out!(
    "CASE WHEN m.assembly > 0 THEN CAST(m.assembly AS TEXT) ELSE '' END",
    "LEFT JOIN members m ON m.contact = r.contact AND m.person = 0 AND m.until IS NULL"
);

/// The messages of a broadcast; `None`: of all of it.
pub(in crate::records) const fn messages(by: Option<By>) -> &'static str {
    match by {
        None => messages!("CAST('' AS TEXT)", ""),
        Some(By::Place) => SEAT_OF_MESSAGES,
        Some(By::Channel) => messages!("CAST(o.channel AS TEXT)", ""),
        Some(By::Language) => messages!("r.language", ""),
    }
}

pub(in crate::records) const fn opted_out(by: By) -> &'static str {
    match by {
        By::Place => SEAT_OF_OPTED_OUT,
        By::Channel => opted_out!("CAST(r.channel AS TEXT)", ""),
        By::Language => opted_out!("r.language", ""),
    }
}

/// To whom it does not go, by the reason, the most first.
pub(in crate::records) const REFUSALS: &str = "
    SELECT coalesce(reason, ''), count(*) FROM recipients
    WHERE broadcast = ?1 AND state = 2 GROUP BY 1 ORDER BY 2 DESC, 1";

/// Its messages that wait or are in somebody's hands: few, and found by the indexes of those.
pub(in crate::records) const UNDER_WAY: &str = "
    SELECT (SELECT count(*) FROM outgoing WHERE status = 0 AND broadcast = ?1)
         + (SELECT count(*) FROM outgoing WHERE status = 1 AND broadcast = ?1)";
