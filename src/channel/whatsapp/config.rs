//! What the channel is given of the configuration; see `[whatsapp]` in samvad.toml.

use std::collections::HashMap;

pub use crate::config::Secret;

/// The secrets the configuration named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatsappSecrets {
    pub verify_token: Secret,
    /// At least one; all are accepted while one is being rotated.
    pub app_secrets: Vec<Secret>,
    pub access_tokens: AccessTokens,
}

/// Which token speaks for which number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessTokens {
    /// For every number without one of its own.
    pub common: Option<Secret>,
    /// By `phone_number_id`.
    pub by_number: HashMap<String, Secret>,
}

impl AccessTokens {
    /// Reads the lines of a token file: a token alone speaks for every number, `ID TOKEN` for one.
    #[must_use]
    pub fn from_lines(lines: &[Secret]) -> AccessTokens {
        let mut tokens = AccessTokens::default();
        for line in lines {
            match line.expose().split_once(char::is_whitespace) {
                Some((number, token)) => {
                    tokens.by_number.insert(number.to_owned(), Secret::new(token.trim()));
                }
                None => tokens.common = Some(line.clone()),
            }
        }
        tokens
    }

    /// The token for a number of ours.
    #[must_use]
    pub fn of(&self, account: &str) -> Option<&Secret> {
        self.by_number.get(account).or(self.common.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_alone_speaks_for_every_number_without_one_of_its_own() {
        let tokens = AccessTokens::from_lines(&[Secret::new("common"), Secret::new("1001  own")]);
        assert_eq!(tokens.of("1001").unwrap().expose(), "own");
        assert_eq!(tokens.of("1002").unwrap().expose(), "common");
    }
}
