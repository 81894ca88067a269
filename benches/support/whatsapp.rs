//! A server that takes WhatsApp from the sandbox, or from whoever signs as it does.

use samvad::sandbox::options::{DEFAULT_ACCESS_TOKEN, DEFAULT_APP_SECRET, DEFAULT_VERIFY_TOKEN};

/// The variables of its configuration. `numbers`: its ids, with commas between them; `graph`: who takes what it sends.
pub(crate) fn settings(numbers: &str, graph: &str) -> Vec<(&'static str, String)> {
    [
        ("SAMVAD_WHATSAPP_ENABLED", "true"),
        ("SAMVAD_WHATSAPP_ACKNOWLEDGE_POLICY", "true"),
        ("SAMVAD_WHATSAPP_NUMBERS", numbers),
        ("SAMVAD_WHATSAPP_GRAPH_URL", graph),
        ("SAMVAD_WHATSAPP_TIER", "0"),
        ("SAMVAD_WHATSAPP_VERIFY_TOKEN", DEFAULT_VERIFY_TOKEN),
        ("SAMVAD_WHATSAPP_APP_SECRET", DEFAULT_APP_SECRET),
        ("SAMVAD_WHATSAPP_ACCESS_TOKEN", DEFAULT_ACCESS_TOKEN),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}
