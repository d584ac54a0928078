//! Output of programs as text that does no harm where it is shown: without what moves a terminal's cursor or colours it.

/// The text alone: escape sequences and control characters left out, but for line ends and tabs.
pub(crate) fn plain(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\n' | '\t' => done.push(letter),
            // A bar that is drawn anew in its line stands in lines of its own.
            '\r' if letters.peek().is_some_and(|next| !matches!(next, '\n' | '\r')) => done.push('\n'),
            '\u{1b}' => match letters.next() {
                Some('[') => while letters.next().is_some_and(|one| !('@'..='~').contains(&one)) {},
                // Titles, links and the like, up to a bell or the end of a string.
                Some(']' | 'P' | 'X' | '^' | '_') => {
                    let mut before = ' ';
                    while let Some(one) = letters.next() {
                        if one == '\u{7}' || before == '\u{1b}' && one == '\\' {
                            break;
                        }
                        before = one;
                    }
                }
                _ => {}
            },
            // Also what turns the direction of what is read.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            other if other.is_control() => {}
            other => done.push(other),
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn colours_titles_and_control_characters_are_left_out() {
        for (raw, shown) in [
            ("a\tb\nc\r\n", "a\tb\nc\n"),
            ("\u{1b}[31mred\u{1b}[0m \u{1b}[2Jgone", "red gone"),
            ("\u{1b}]0;title\u{7}text\u{1b}]8;;http://x\u{1b}\\link", "textlink"),
            ("10%\r20%\r\n", "10%\n20%\n"),
            ("bell\u{7} back\u{8} nul\0 c1\u{9b}31m", "bell back nul c131m"),
            ("safe\u{202e}exe", "safeexe"),
            ("cut \u{1b}[3", "cut "),
        ] {
            assert_eq!(plain(raw), shown, "{raw:?}");
        }
    }
}
