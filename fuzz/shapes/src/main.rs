//! Structs of buffers in random shapes, each with its C mirror: written out, compiled as one program with the C library of
//! the tests, and run. C says what it sees behind every address, writes where it may, reports half of each length that it
//! may change; the program compares all of it with what a plain model says.
//!
//!     cargo run --manifest-path fuzz/Cargo.toml -p pin-ffi-shapes -- [--seed N] [--shapes N] [--rounds N] [--keep]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

const PRELUDE: &str = include_str!("prelude.rs");

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Rust's name of a number, and C's.
const NUMBERS: &[(&str, &str)] = &[
    ("u8", "uint8_t"),
    ("i8", "int8_t"),
    ("u16", "uint16_t"),
    ("i32", "int32_t"),
    ("u64", "uint64_t"),
    ("i64", "int64_t"),
];
const LENGTHS: &[(&str, &str)] = &[
    ("u8", "uint8_t"),
    ("i8", "int8_t"),
    ("u16", "uint16_t"),
    ("i16", "int16_t"),
    ("u32", "uint32_t"),
    ("i32", "int32_t"),
    ("u64", "uint64_t"),
    ("i64", "int64_t"),
    ("usize", "size_t"),
    ("isize", "ptrdiff_t"),
];

/// What generated code needs of a shape to put it into another.
#[derive(Clone, Copy)]
struct Made {
    index: usize,
    /// C may write through it.
    writes: bool,
    depth: usize,
}

/// One shape's Rust and C text.
#[derive(Default)]
struct Text {
    /// Fields of the C struct, as Rust and as C declare them.
    c_fields: Vec<(String, String)>,
    fields: String,
    make: String,
    expect: String,
    written: String,
    see: String,
}

struct Generator {
    rng: Numbers,
    made: Vec<Made>,
    rust: String,
    c: String,
}

impl Generator {
    fn shape(&mut self) {
        let k = self.made.len();
        let writes = !self.rng.one_in(3);
        let mut depth = 0;
        let mut text = Text::default();
        let fields = 1 + self.rng.below(5);
        for i in 0..fields {
            let fitting: Vec<Made> =
                self.made.iter().copied().filter(|m| m.depth < 2 && (m.writes || !writes)).collect();
            match self.rng.below(10) {
                0 | 1 if !fitting.is_empty() => {
                    let inner = *self.rng.pick(&fitting);
                    depth = depth.max(inner.depth + 1);
                    if self.rng.one_in(2) { inline(&mut text, i, inner) } else { self.array(&mut text, i, inner) }
                }
                2 | 3 => self.value(&mut text, i),
                4 => self.pair(&mut text, i, writes),
                5 | 6 => self.stream(&mut text, i),
                _ => self.buffer(&mut text, i, writes),
            }
        }
        if self.rng.one_in(2) {
            text.c_fields.push(("pub filler: u32".into(), "uint32_t filler".into()));
        }
        // C's order is not ours.
        for i in (1..text.c_fields.len()).rev() {
            let j = self.rng.below(i + 1);
            text.c_fields.swap(i, j);
        }
        let packed = self.rng.one_in(4);
        self.write(k, &text, packed);
        self.made.push(Made { index: k, writes, depth });
    }

    /// The type of a buffer of `elem`s and whether C may write it.
    fn buffer_type(&mut self, elem: &str, writes: bool) -> (String, bool) {
        let exclusive = [
            format!("&'a mut [{elem}]"),
            format!("[{elem}; {}]", self.rng.below(9)),
            format!("Vec<{elem}>"),
            format!("Box<[{elem}]>"),
            format!("OutBuf<'a, {elem}>"),
            format!("OutVec<{elem}>"),
        ];
        let shared = if elem == "u8" && self.rng.one_in(2) { "String".to_owned() } else { format!("&'a [{elem}]") };
        let lent_shared = !writes && self.rng.one_in(2) || self.rng.one_in(5);
        let ty = if lent_shared { shared } else { self.rng.pick(&exclusive).clone() };
        let ty = if self.rng.one_in(4) { format!("Option<{ty}>") } else { ty };
        (ty, !lent_shared)
    }

    /// C's field for an address: whether C may write through it, Rust's and C's type.
    fn address(&mut self, exclusive: bool, rust: &str, c: &str) -> (bool, String, String) {
        let kinds = [
            (true, "*mut c_void".to_owned(), "void *".to_owned()),
            (true, format!("*mut {rust}"), format!("{c} *")),
            (true, "u64".to_owned(), "uint64_t ".to_owned()),
            (true, "usize".to_owned(), "uintptr_t ".to_owned()),
            (false, format!("*const {rust}"), format!("const {c} *")),
            (false, "*const c_void".to_owned(), "const void *".to_owned()),
        ];
        let kind = self.rng.pick(&kinds).clone();
        if exclusive || !kind.0 { kind } else { kinds[4 + self.rng.below(2)].clone() }
    }

    fn buffer(&mut self, text: &mut Text, i: usize, writes: bool) {
        let (elem, c_elem) = *self.rng.pick(NUMBERS);
        let (len, c_len) = *self.rng.pick(LENGTHS);
        let (ty, exclusive) = self.buffer_type(elem, writes);
        let (mut written, ptr, c_ptr) = self.address(exclusive, elem, c_elem);
        let bytes = self.rng.one_in(3);
        let null_if_empty = self.rng.one_in(4);
        let remembers = ty.contains("Out");
        let inout = remembers && written && self.rng.one_in(2);
        let max = self.rng.one_in(5).then(|| 1 + self.rng.below(40));
        let mut words = format!("ptr = p{i}, {} = n{i}", if bytes { "len_bytes" } else { "len" });
        if inout {
            words += ", inout";
        } else if written && (!exclusive || self.rng.one_in(8)) {
            words += ", read_only";
            written = false;
        }
        if null_if_empty {
            words += ", null_if_empty";
        }
        if let Some(max) = max {
            write!(words, ", max = {max}").unwrap();
        }
        text.c_fields.push((format!("pub p{i}: {ptr}"), format!("{c_ptr}p{i}")));
        text.c_fields.push((format!("pub n{i}: {len}"), format!("{c_len} n{i}")));
        writeln!(text.fields, "    #[ffi({words})]\n    f{i}: {ty},").unwrap();
        writeln!(text.make, "            f{i}: {{ let n = rng.length(); Sample::make(rng, n) }},").unwrap();
        // What C only reads is lent up to its filled part.
        let unit = if bytes { format!(" * size_of::<{elem}>()") } else { String::new() };
        writeln!(text.expect, "        let lent = self.f{i}.told(write && {written});").unwrap();
        if let Some(max) = max {
            writeln!(text.expect, "        if lent.is_some_and(|(_, n)| n > {max}) {{ return Err(Unfit); }}").unwrap();
        }
        writeln!(text.expect, "        let len = lent.map_or(0, |(_, n)| n){unit};").unwrap();
        writeln!(text.expect, "        {len}::try_from(len).map_err(|_| Unfit)?;").unwrap();
        writeln!(text.expect, "        push::<{elem}>(all, lent, {null_if_empty}, len as i64);").unwrap();
        c_buffer(text, i, i, written, if bytes { "1" } else { size_of_c(c_elem) }, inout);
        self.look(text, i, elem, bytes, written, inout);
    }

    /// What is in a buffer after the call.
    fn look(&mut self, text: &mut Text, i: usize, elem: &str, bytes: bool, written: bool, inout: bool) {
        writeln!(text.written, "        let seen = k.next().unwrap();").unwrap();
        if inout {
            let unit = if bytes { format!(" / size_of::<{elem}>()") } else { String::new() };
            writeln!(
                text.written,
                "        if seen.address != 0 {{ assert_eq!(self.f{i}.shown(), (seen.len as usize / 2){unit}); }}"
            )
            .unwrap();
        }
        if written {
            let unit = if bytes { String::new() } else { format!(" * size_of::<{elem}>()") };
            writeln!(text.written, "        if seen.address != 0 {{ assert_eq!(sum(seen.address, seen.len as usize{unit}), (seen.len as usize{unit}) as u64 * u64::from(BYTE)); }}").unwrap();
        }
    }

    /// A buffer in which C says how far it has come: half of what is left in each call.
    fn stream(&mut self, text: &mut Text, i: usize) {
        let (elem, c_elem) = *self.rng.pick(NUMBERS);
        let (len, c_len) = *self.rng.pick(LENGTHS);
        let (output, advance, bytes) = (self.rng.one_in(2), self.rng.one_in(2), self.rng.one_in(3));
        let ty = match output {
            true => self.rng.pick(&[format!("OutBuf<'a, {elem}>"), format!("OutVec<{elem}>")]).clone(),
            false => format!("&'a [{elem}]"),
        };
        let (_, ptr, c_ptr) = loop {
            let address = self.address(output, elem, c_elem);
            if address.0 == output {
                break address;
            }
        };
        let unit = if bytes { format!(" * size_of::<{elem}>()") } else { String::new() };
        let in_bytes = if bytes { String::new() } else { format!(" * size_of::<{elem}>()") };
        let c_unit = if bytes { "1" } else { size_of_c(c_elem) };
        let word = if advance { "advance".to_owned() } else { format!("pos = q{i}") };
        let len_word = if bytes { "len_bytes" } else { "len" };
        text.c_fields.push((format!("pub p{i}: {ptr}"), format!("{c_ptr}p{i}")));
        text.c_fields.push((format!("pub n{i}: {len}"), format!("{c_len} n{i}")));
        writeln!(text.fields, "    #[ffi(ptr = p{i}, {len_word} = n{i}, {word})]\n    f{i}: {ty},").unwrap();
        writeln!(text.make, "            f{i}: {{ let n = rng.length(); Sample::make(rng, n) }},").unwrap();
        writeln!(text.expect, "        let (address, n) = self.f{i}.told(write && {output}).unwrap();").unwrap();
        writeln!(text.expect, "        let start = if {output} {{ self.f{i}.shown() }} else {{ 0 }};").unwrap();
        if advance {
            writeln!(text.expect, "        let lent = (address + (start * size_of::<{elem}>()) as u64, n - start);")
                .unwrap();
        } else {
            writeln!(text.expect, "        let lent = (address, n);").unwrap();
        }
        writeln!(text.expect, "        let len = lent.1{unit};\n        {len}::try_from(len).map_err(|_| Unfit)?;")
            .unwrap();
        writeln!(text.expect, "        push::<{elem}>(all, Some(lent), false, len as i64);").unwrap();
        c_shared(text, &i.to_string(), i, output, c_unit);
        writeln!(text.written, "        let seen = k.next().unwrap();").unwrap();
        if advance {
            writeln!(text.see, "    if (mode == 1) {{\n        c->p{i} = ({c_ptr})((uintptr_t)c->p{i} + (uintptr_t)(c->n{i} / 2) * {c_unit});\n        c->n{i} -= c->n{i} / 2;\n    }}").unwrap();
            writeln!(text.written, "        let (at, to) = (0, seen.len as usize / 2);").unwrap();
        } else {
            text.c_fields.push((format!("pub q{i}: {len}"), format!("{c_len} q{i}")));
            writeln!(text.expect, "        all.push(Seen {{ address: 0, len: (start{unit}) as i64, sum: 0 }});")
                .unwrap();
            writeln!(text.see, "    if (mode == 2) seen++->len = c->q{i} != 0; else seen++->len = (int64_t)c->q{i};")
                .unwrap();
            writeln!(text.see, "    if (mode == 1) c->q{i} = c->q{i} + (c->n{i} - c->q{i}) / 2;").unwrap();
            writeln!(text.written, "        let at = k.next().unwrap().len as usize;").unwrap();
            writeln!(text.written, "        let to = at + (seen.len as usize - at) / 2;").unwrap();
        }
        writeln!(text.written, "        let (all, to) = (seen.len as usize{in_bytes} / size_of::<{elem}>(), to{in_bytes} / size_of::<{elem}>());").unwrap();
        if output {
            // What was filled before lies before what C was lent.
            let before = if advance { format!("self.f{i}.told(true).unwrap().1 - all") } else { "0".to_owned() };
            writeln!(text.written, "        assert_eq!(self.f{i}.shown(), {before} + to);").unwrap();
            writeln!(text.written, "        assert_eq!(sum(seen.address, seen.len as usize{in_bytes}), (seen.len as usize{in_bytes}) as u64 * u64::from(BYTE));").unwrap();
        } else {
            writeln!(text.written, "        assert_eq!(self.f{i}.shown(), all - to);").unwrap();
        }
    }

    /// Two buffers of one count.
    fn pair(&mut self, text: &mut Text, i: usize, writes: bool) {
        let (len, c_len) = *self.rng.pick(LENGTHS);
        let mut joined = String::from("        let mut agreed = None;\n");
        let mut pushes = String::new();
        for (half, name) in ["a", "b"].into_iter().enumerate() {
            let (elem, c_elem) = *self.rng.pick(NUMBERS);
            let exclusive = writes && self.rng.one_in(2);
            let ty = if exclusive { format!("&'a mut [{elem}]") } else { format!("&'a [{elem}]") };
            let ty = if self.rng.one_in(3) { format!("Option<{ty}>") } else { ty };
            let (written, ptr, c_ptr) = self.address(exclusive, elem, c_elem);
            text.c_fields.push((format!("pub p{i}{name}: {ptr}"), format!("{c_ptr}p{i}{name}")));
            writeln!(text.fields, "    #[ffi(ptr = p{i}{name}, len = n{i})]\n    f{i}{name}: {ty},").unwrap();
            let length = if half == 0 {
                "{ shared = rng.length(); shared }"
            } else {
                "if rng.below(6) == 0 { rng.length() } else { shared }"
            };
            writeln!(text.make, "            f{i}{name}: {{ let n = {length}; Sample::make(rng, n) }},").unwrap();
            writeln!(joined, "        let lent_{name} = self.f{i}{name}.told(write);").unwrap();
            writeln!(joined, "        agreed = agree(agreed, lent_{name}.map(|(_, n)| n))?;").unwrap();
            writeln!(pushes, "        push::<{elem}>(all, lent_{name}, false, len as i64);").unwrap();
            c_shared(text, &format!("{i}{name}"), i, written, size_of_c(c_elem));
            writeln!(text.written, "        let seen = k.next().unwrap();").unwrap();
            if written {
                writeln!(text.written, "        if seen.address != 0 {{ assert_eq!(sum(seen.address, seen.len as usize * size_of::<{elem}>()), (seen.len as usize * size_of::<{elem}>()) as u64 * u64::from(BYTE)); }}").unwrap();
            }
        }
        text.c_fields.push((format!("pub n{i}: {len}"), format!("{c_len} n{i}")));
        text.expect += &joined;
        writeln!(
            text.expect,
            "        let len = agreed.unwrap_or(0);\n        {len}::try_from(len).map_err(|_| Unfit)?;"
        )
        .unwrap();
        text.expect += &pushes;
    }

    fn value(&mut self, text: &mut Text, i: usize) {
        let ((c_rust, c), rust) = (*self.rng.pick(LENGTHS), self.rng.pick(LENGTHS).0);
        let word = *self.rng.pick(&["set", "out", "inout"]);
        text.c_fields.push((format!("pub v{i}: {c_rust}"), format!("{c} v{i}")));
        writeln!(text.fields, "    #[ffi({word} = v{i})]\n    f{i}: {rust},").unwrap();
        writeln!(text.make, "            f{i}: rng.below(300) as {rust},").unwrap();
        if word != "out" {
            writeln!(text.expect, "        let value = {c_rust}::try_from(self.f{i}).map_err(|_| Unfit)?;").unwrap();
            writeln!(text.expect, "        all.push(Seen {{ address: 0, len: value as i64, sum: 0 }});").unwrap();
            writeln!(text.see, "    if (mode == 2) seen++->len = 0; else seen++->len = (int64_t)c->v{i};").unwrap();
            writeln!(text.written, "        k.next().unwrap();").unwrap();
        }
        if word != "set" {
            writeln!(text.see, "    if (mode == 1) c->v{i} = 77;").unwrap();
            writeln!(text.written, "        assert_eq!(self.f{i}, 77);").unwrap();
        }
    }

    fn array(&mut self, text: &mut Text, i: usize, inner: Made) {
        let (len, c_len) = *self.rng.pick(LENGTHS);
        let k = inner.index;
        let runs = [
            format!("Vec<S{k}<'a>>"),
            format!("Box<[S{k}<'a>]>"),
            format!("&'a mut [S{k}<'a>]"),
            format!("[S{k}<'a>; 2]"),
        ];
        let run = self.rng.below(runs.len());
        let integer = self.rng.one_in(4);
        text.c_fields.push(if integer {
            (format!("pub p{i}: u64"), format!("uint64_t p{i}"))
        } else {
            (format!("pub p{i}: *mut c{k}"), format!("struct c{k} *p{i}"))
        });
        text.c_fields.push((format!("pub n{i}: {len}"), format!("{c_len} n{i}")));
        writeln!(text.fields, "    #[ffi(array = p{i}, len = n{i})]\n    f{i}: {},", runs[run]).unwrap();
        let make = format!("(0..rng.below(5)).map(|_| S{k}::make(rng)).collect::<Vec<_>>()");
        let make = match run {
            0 => make,
            1 => format!("{make}.into()"),
            2 => format!("{make}.leak()"),
            _ => format!("[S{k}::make(rng), S{k}::make(rng)]"),
        };
        writeln!(text.make, "            f{i}: {make},").unwrap();
        writeln!(text.expect, "        all.push(Seen {{ address: 0, len: self.f{i}.len() as i64, sum: 0 }});").unwrap();
        writeln!(text.expect, "        for inner in self.f{i}.iter_mut() {{ inner.predict(write, all)?; }}").unwrap();
        writeln!(text.written, "        k.next().unwrap();").unwrap();
        writeln!(text.written, "        for inner in self.f{i}.iter_mut() {{ inner.written(k); }}").unwrap();
        writeln!(text.see, "    if (mode == 2) {{ seen->address = c->p{i} != 0; seen->len = c->n{i} != 0; seen++; }}")
            .unwrap();
        writeln!(text.see, "    else {{\n        seen++->len = (int64_t)c->n{i};").unwrap();
        writeln!(text.see, "        for (int64_t i = 0; i < (int64_t)c->n{i}; i++) seen += c{k}_see((struct c{k} *)(uintptr_t)c->p{i} + i, seen, mode);\n    }}").unwrap();
    }

    fn write(&mut self, k: usize, text: &Text, packed: bool) {
        let Text { c_fields, fields, make, expect, written, see } = text;
        let (rust_packed, c_packed) = if packed { (", packed", "__attribute__((packed)) ") } else { ("", "") };
        writeln!(self.rust, "#[repr(C{rust_packed})]\npub struct c{k} {{").unwrap();
        writeln!(self.c, "struct {c_packed}c{k} {{").unwrap();
        for (rust, c) in c_fields {
            writeln!(self.rust, "    {rust},").unwrap();
            writeln!(self.c, "    {c};").unwrap();
        }
        writeln!(self.rust, "}}\n\n#[derive(FfiPinned)]\n#[ffi(c = c{k})]\npub struct S{k}<'a> {{\n{fields}    #[ffi(skip)]\n    marker: std::marker::PhantomData<&'a ()>,\n}}\n").unwrap();
        writeln!(self.rust, "impl Shape for S{k}<'static> {{\n    fn make(rng: &mut Numbers) -> Self {{\n        let mut shared = 0;\n        Self {{\n{make}            marker: std::marker::PhantomData,\n        }}\n    }}").unwrap();
        writeln!(self.rust, "    fn predict(&mut self, write: bool, all: &mut Vec<Seen>) -> Result<(), Unfit> {{\n{expect}        Ok(())\n    }}").unwrap();
        writeln!(self.rust, "    fn written(&mut self, k: &mut impl Iterator<Item = Seen>) {{\n{written}    }}\n}}\n")
            .unwrap();
        writeln!(
            self.rust,
            "unsafe extern \"C\" {{ fn c{k}_see(c: *mut c{k}, seen: *mut Seen, mode: c_int) -> c_int; }}\n"
        )
        .unwrap();
        writeln!(self.c, "}};\nint c{k}_see(struct c{k} *c, struct echo_seen *seen, int mode) {{\n    struct echo_seen *first = seen;\n{see}    return (int)(seen - first);\n}}\n").unwrap();
    }
}

fn size_of_c(c: &str) -> &'static str {
    match c {
        "uint8_t" | "int8_t" => "1",
        "uint16_t" => "2",
        "int32_t" => "4",
        _ => "8",
    }
}

/// C looks at a buffer, writes it if it may, and changes its length if it may.
fn c_buffer(text: &mut Text, i: usize, n: usize, written: bool, unit: &str, inout: bool) {
    c_shared(text, &i.to_string(), n, written, unit);
    if inout {
        writeln!(text.see, "    if (mode == 1) c->n{n} = c->n{n} / 2;").unwrap();
    }
}

fn c_shared(text: &mut Text, p: &str, n: usize, written: bool, unit: &str) {
    writeln!(text.see, "    if (mode == 2) {{ seen->address = c->p{p} != 0; seen->len = c->n{n} != 0; seen++; }}")
        .unwrap();
    writeln!(
        text.see,
        "    else see((void *)(uintptr_t)c->p{p}, (int64_t)c->n{n}, {unit}, mode == 1 && {}, seen++);",
        i32::from(written)
    )
    .unwrap();
}

fn inline(text: &mut Text, i: usize, inner: Made) {
    let k = inner.index;
    text.c_fields.push((format!("pub i{i}: c{k}"), format!("struct c{k} i{i}")));
    writeln!(text.fields, "    #[ffi(inline = i{i})]\n    f{i}: S{k}<'a>,").unwrap();
    writeln!(text.make, "            f{i}: S{k}::make(rng),").unwrap();
    writeln!(text.expect, "        self.f{i}.predict(write, all)?;").unwrap();
    writeln!(text.written, "        self.f{i}.written(k);").unwrap();
    writeln!(text.see, "    seen += c{k}_see(&c->i{i}, seen, mode);").unwrap();
}

const C_PRELUDE: &str = r#"#include "echo.h"
#include <string.h>

void echo_in(const void *p, size_t n, struct echo_seen *seen);

/* Looks at a buffer, and writes all of it. */
static void see(void *p, int64_t len, int64_t unit, int write, struct echo_seen *seen) {
    echo_in(p, p ? (size_t)(len * unit) : 0, seen);
    seen->len = len;
    if (write && p) memset(p, 0xC5, (size_t)(len * unit));
}

"#;

fn main() -> ExitCode {
    let mut seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |t| t.as_nanos() as u64);
    let (mut shapes, mut rounds, mut keep) = (120, 200, false);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse().ok()).expect("a number");
        match argument.as_str() {
            "--seed" => seed = number(),
            "--shapes" => shapes = number() as usize,
            "--rounds" => rounds = number(),
            "--keep" => keep = true,
            other => panic!("`{other}`: there are --seed N, --shapes N, --rounds N and --keep"),
        }
    }
    println!("{shapes} shapes, --seed {seed}");
    let mut generator = Generator { rng: Numbers(seed), made: Vec::new(), rust: PRELUDE.into(), c: C_PRELUDE.into() };
    (0..shapes).for_each(|_| generator.shape());
    let Generator { made, mut rust, c, .. } = generator;
    writeln!(rust, "\nfn main() {{\n    let (mut filled, mut refused) = (0_u64, 0_u64);").unwrap();
    writeln!(rust, "    let mut count = |ok: bool| if ok {{ filled += 1 }} else {{ refused += 1 }};").unwrap();
    for Made { index: k, writes, .. } in made {
        writeln!(rust, "    for n in 0..{rounds} {{\n        let mut rng = Numbers({seed} ^ {k} << 32 ^ n);").unwrap();
        writeln!(rust, "        count(round::<S{k}>(&mut rng, c{k}_see));").unwrap();
        if writes {
            writeln!(rust, "        count(round_mut::<S{k}>(&mut rng, c{k}_see));").unwrap();
        }
        writeln!(rust, "    }}").unwrap();
    }
    writeln!(rust, "    println!(\"{{filled}} values were seen by C as they are, {{refused}} were refused as they should be\");\n}}").unwrap();

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("fuzz/target"), Into::into);
    let batch = target.join(format!("shapes-{}", if keep { seed.to_string() } else { "batch".into() }));
    let manifest = format!(
        "[workspace]\n[package]\nname = \"batch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\npin-ffi = {{ path = {:?} }}\nlibc = \"0.2\"\n[build-dependencies]\ncc = \"1.2\"\n[profile.dev]\ndebug = 0\n",
        root.join("pin-ffi")
    );
    let build = format!(
        "fn main() {{ cc::Build::new().files([{:?}, \"shapes.c\"]).include({:?}).std(\"gnu11\").warnings(true).flag(\"-Wno-address-of-packed-member\").compile(\"shapes\"); println!(\"cargo::rustc-link-lib=pthread\"); }}\n",
        root.join("tests/c/echo.c"),
        root.join("tests/c"),
    );
    fs::create_dir_all(batch.join("src")).unwrap();
    for (name, text) in [("Cargo.toml", manifest), ("build.rs", build), ("shapes.c", c), ("src/main.rs", rust)] {
        fs::write(batch.join(name), text).unwrap();
    }
    // The same versions of what it needs.
    fs::copy(root.join("fuzz/Cargo.lock"), batch.join("Cargo.lock")).unwrap();
    let done = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--manifest-path"])
        .arg(batch.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target.join("shapes"))
        .status()
        .expect("cargo runs");
    if done.success() {
        return ExitCode::SUCCESS;
    }
    println!("see {}, made by --seed {seed}", batch.display());
    ExitCode::FAILURE
}
