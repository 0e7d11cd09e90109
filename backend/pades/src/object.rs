//! PDF objects as bytes, in one spelling: what is written once is never written differently again.

use std::fmt::Write as _;

use lopdf::{Dictionary, Object, StringFormat};

/// Appends `object` as ISO 32000-1 (7.3) spells it.
pub fn write(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Null => out.extend(b"null"),
        Object::Boolean(value) => out.extend(if *value { "true".as_bytes() } else { b"false" }),
        Object::Integer(value) => out.extend(value.to_string().bytes()),
        // `Display` of floats never writes an exponent, which PDF does not know.
        Object::Real(value) => out.extend(value.to_string().bytes()),
        Object::Name(name) => write_name(out, name),
        Object::String(text, format) => write_string(out, text, *format),
        Object::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                write(out, item);
            }
            out.push(b']');
        }
        Object::Dictionary(dictionary) => write_dictionary(out, dictionary),
        Object::Stream(stream) => {
            write_dictionary(out, &stream.dict);
            out.extend(b"\nstream\n");
            out.extend(&stream.content);
            out.extend(b"\nendstream");
        }
        Object::Reference((number, generation)) => out.extend(format!("{number} {generation} R").bytes()),
    }
}

fn write_dictionary(out: &mut Vec<u8>, dictionary: &Dictionary) {
    out.extend(b"<<");
    for (key, value) in dictionary {
        write_entry(out, key, value);
    }
    out.extend(b">>");
}

/// One key of a dictionary with its value.
pub fn write_entry(out: &mut Vec<u8>, key: &[u8], value: &Object) {
    write_name(out, key);
    out.push(b' ');
    write(out, value);
}

fn write_name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(&byte) {
            out.push(byte);
        } else {
            out.extend(format!("#{byte:02X}").bytes());
        }
    }
}

fn write_string(out: &mut Vec<u8>, text: &[u8], format: StringFormat) {
    let plain = text.iter().all(|byte| (b' '..=b'~').contains(byte));
    if format == StringFormat::Hexadecimal || !plain {
        out.push(b'<');
        out.extend(hex(text).bytes());
        out.push(b'>');
        return;
    }
    out.push(b'(');
    for &byte in text {
        if b"()\\".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b')');
}

/// Lower-case hex, two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
