//! Colours of the stylesheet: text must be readable in light and in dark.

use std::collections::HashMap;

const STYLE: &str = include_str!("../../static/style.css");

/// Text on background, as the stylesheet combines them.
const TEXT: [(&str, &str); 20] = [
    ("text", "surface"),
    ("text", "page"),
    ("text", "raised"),
    ("text", "accent-soft"),
    ("muted", "surface"),
    ("muted", "page"),
    ("muted", "raised"),
    ("muted", "accent-soft"),
    ("accent", "surface"),
    ("accent", "raised"),
    ("accent", "page"),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("error", "error-soft"),
    ("error", "surface"),
    ("warn", "surface"),
    ("text", "warn-soft"),
];

/// Colour tokens of the light theme, and of the dark one over it.
fn themes() -> [HashMap<&'static str, &'static str>; 2] {
    let mut roots = STYLE.split(":root {").skip(1);
    let mut light = tokens(roots.next().unwrap_or_default());
    let base = light.clone();
    light.extend(tokens(roots.next().unwrap_or_default()));
    [base, light]
}

fn tokens(block: &'static str) -> HashMap<&'static str, &'static str> {
    let block = block.split('}').next().unwrap_or_default();
    let declarations = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
    declarations.filter(|(_, value)| value.starts_with('#')).collect()
}

/// Relative luminance as WCAG 2.2 defines it, of `#rrggbb`.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_is_readable_in_both_themes() {
    for (theme, colours) in ["light", "dark"].into_iter().zip(themes()) {
        for (text, ground) in TEXT {
            let ratio = contrast(colours[text], colours[ground]);
            assert!(ratio >= 4.5, "{theme}: {text} on {ground} is {ratio:.2}");
        }
        let edge = contrast(colours["line-strong"], colours["surface"]);
        assert!(edge >= 3.0, "{theme}: the edge of fields is {edge:.2}");
    }
}
