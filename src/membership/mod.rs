//! Membership: the member number with its check digit.

/// A member number: a serial that is never given twice, with a check digit (Damm), so that a
/// mistyped or misheard number is noticed.
#[must_use]
pub fn member_number(serial: u64) -> String {
    let _ = serial;
    todo!()
}

/// A ticket number of the same make, `T` in front.
#[must_use]
pub fn ticket_number(serial: u64) -> String {
    let _ = serial;
    todo!()
}
