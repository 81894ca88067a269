//! The Graph API's refusals: code, HTTP status and title as Meta publishes them, and the JSON they
//! come in.

use serde_json::{Value, json};

/// One refusal of the Graph API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// The HTTP status it comes with.
    pub http: u16,
    pub code: i64,
    /// Which parameter, and what is wrong with it.
    pub details: String,
}

/// What `Result` means in this room.
pub type Checked<T> = Result<T, GraphError>;

/// Code, HTTP status, title: Meta's published list, the part a business number can meet.
const PUBLISHED: &[(i64, u16, &str)] = &[
    (1, 400, "Invalid request or possible server error"),
    (2, 503, "Service temporarily unavailable"),
    (3, 500, "Capability or permissions issue"),
    (4, 400, "Application request limit reached"),
    (10, 403, "Permission denied"),
    (33, 400, "Object with this id does not exist or cannot be loaded"),
    (100, 400, "Invalid parameter"),
    (190, 401, "Invalid OAuth access token"),
    (368, 403, "Temporarily blocked for policies violations"),
    (2500, 400, "Unknown path components"),
    (80007, 400, "Rate limit issues"),
    (130_403, 400, "Recipient blocked by the business"),
    (130_429, 400, "Rate limit hit"),
    (130_472, 400, "User's number is part of an experiment"),
    (130_497, 403, "Business account is restricted from messaging users in this country"),
    (131_000, 500, "Something went wrong"),
    (131_005, 403, "Access denied"),
    (131_008, 400, "Required parameter is missing"),
    (131_009, 400, "Parameter value is not valid"),
    (131_016, 500, "Service unavailable"),
    (131_021, 400, "Recipient cannot be sender"),
    (131_026, 400, "Message undeliverable"),
    (131_030, 400, "Recipient phone number not in allowed list"),
    (131_031, 403, "Account has been locked"),
    (131_037, 400, "Display name is not approved"),
    (131_042, 400, "Business eligibility payment issue"),
    (131_045, 500, "Incorrect certificate"),
    (131_047, 400, "Re-engagement message"),
    (131_048, 400, "Spam rate limit hit"),
    (131_049, 400, "This message was not delivered to maintain healthy ecosystem engagement"),
    (131_050, 400, "User has stopped marketing messages from this business"),
    (131_051, 400, "Unsupported message type"),
    (131_052, 400, "Media download error"),
    (131_053, 400, "Media upload error"),
    (131_056, 400, "(Business Account, Consumer Account) pair rate limit hit"),
    (131_057, 500, "Account in maintenance mode"),
    (131_062, 400, "Business-scoped user id is not allowed for this message"),
    (132_000, 400, "Template param count mismatch"),
    (132_001, 404, "Template does not exist"),
    (132_005, 400, "Template hydrated text too long"),
    (132_007, 400, "Template format character policy violated"),
    (132_012, 400, "Template parameter format mismatch"),
    (132_015, 400, "Template is paused"),
    (132_016, 400, "Template is disabled"),
    (132_018, 400, "Template parameter has an invalid format"),
    (133_004, 503, "Server temporarily unavailable"),
    (133_010, 400, "Phone number not registered"),
    (135_000, 400, "Generic user error"),
];

impl GraphError {
    /// The published refusal of this code; a code nobody published goes out as HTTP 400.
    #[must_use]
    pub fn of(code: i64, details: impl Into<String>) -> GraphError {
        let http = published(code).map_or(400, |(_, http, _)| *http);
        GraphError { http, code, details: details.into() }
    }

    /// The published title, as in `(#131056) …`.
    #[must_use]
    pub fn title(&self) -> &'static str {
        title(self.code)
    }

    /// The JSON answer. `trace`: what goes out as `fbtrace_id`.
    #[must_use]
    pub fn body(&self, trace: &str) -> Value {
        let kind = match self.code {
            33 => "GraphMethodException",
            _ => "OAuthException",
        };
        let message = match self.code {
            100 | 190 => format!("(#{}) {}", self.code, self.details),
            _ => format!("(#{}) {}", self.code, self.title()),
        };
        json!({"error": {
            "message": message,
            "type": kind,
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": trace,
        }})
    }
}

/// The published title of a code.
pub(super) fn title(code: i64) -> &'static str {
    published(code).map_or("Unknown error", |(_, _, title)| *title)
}

/// Whether a code can be Meta's alone: its own begin with 13 and have six digits; smaller ones others have
/// as well.
pub(super) const fn is_metas_own(code: i64) -> bool {
    matches!(code, 130_000..=139_999)
}

fn published(code: i64) -> Option<&'static (i64, u16, &'static str)> {
    PUBLISHED.iter().find(|(listed, _, _)| *listed == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_looks_like_metas() {
        let refusal = GraphError::of(130_429, "too many messages of this number");
        assert_eq!(refusal.http, 400);
        assert_eq!(
            refusal.body("T1"),
            json!({"error": {
                "message": "(#130429) Rate limit hit",
                "type": "OAuthException",
                "code": 130_429,
                "error_data": {
                    "messaging_product": "whatsapp",
                    "details": "too many messages of this number",
                },
                "fbtrace_id": "T1",
            }})
        );
    }

    #[test]
    fn no_code_is_listed_twice() {
        for (place, (code, _, _)) in PUBLISHED.iter().enumerate() {
            assert_eq!(PUBLISHED.iter().position(|(other, _, _)| other == code), Some(place));
        }
    }
}
