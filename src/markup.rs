//! Text on its way into HTML, SVG and XML.

/// Text as it may stand between tags and within quotes. Control characters other than a line's end and a tab, for which
/// XML has no place, are left out (XML 1.0, section 2.2).
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(letter),
            _ if letter.is_control() => {}
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_in_a_text_is_read_as_markup() {
        assert_eq!(
            escaped("<b a=\"1\" c='2'>&\n\u{7}नाम"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;\nनाम"
        );
    }
}
