//! The table of a C struct's places that a Rust value fills: made and checked at compile time, one for each derive.
//!
//! The derive adds the places in the order of the struct's fields. Each is compared with those before it and with what is
//! known of the C struct ([`Map`]); what is wrong stops the compiler at the user's word. Errors take their names from the
//! table, and what is not hot is driven by it: nulling a struct, and what is known of results.

use crate::error::{Field, LendResult};
use crate::field::{ArrayField, InlineField, LenField, Number, PtrField, StatedArrayField};
use crate::fill::{FfiArray, FfiPinned};
use crate::layout::Map;
use crate::lend::Lend;
use crate::message::Message;
use core::mem::MaybeUninit;

/// What the words of the derive say of a place. They are joined by `|`.
pub mod words {
    /// `read_only`: C never writes through the address.
    pub const READ_ONLY: u16 = 1;
    /// `null_if_empty`: an empty buffer is NULL.
    pub const NULL_IF_EMPTY: u16 = 2;
    /// `len_bytes`: the length counts bytes.
    pub const BYTES: u16 = 4;
    /// `inout`: C changes the length.
    pub const LENGTH: u16 = 8;
    /// `pos`, `advance`: C reports how far it has come.
    pub const PROGRESS: u16 = 16;
    /// `set`, `inout = f`: the value goes into the C field.
    pub const SET: u16 = 32;
    /// `out`, `inout = f`: the value comes out of the C field.
    pub const OUT: u16 = 64;
    /// `full`: C may report more than fits.
    pub const FULL: u16 = 128;
    /// Not a word: C declares the address `*const`.
    pub(super) const DECLARED_CONST: u16 = 256;
}
use words::{BYTES, DECLARED_CONST, FULL, LENGTH, NULL_IF_EMPTY, OUT, PROGRESS, READ_ONLY, SET};

/// A place in a C struct, and what goes there.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Who fills it, for errors. For a buffer that has a length, `c` is the length.
    pub(crate) names: Field,
    /// Offset and size, in bytes.
    at: usize,
    size: usize,
    kind: Kind,
    words: u16,
    /// Of an address, the length beside it; of a position, itself.
    pub(crate) number: Number,
    length: Length,
    /// At most as many elements.
    pub(crate) max: usize,
    /// What C reports has bytes in it that it did not write.
    pub(crate) gaps: bool,
    /// C may report more than fits: then all of the buffer was filled.
    pub(crate) full: bool,
    /// Raw control messages are lent there, which may name descriptors.
    control: bool,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// The address of elements of this size, in an integer or a pointer.
    Address { elem: usize, integer: bool },
    /// A length or a position.
    Number,
    /// A plain value.
    Value,
    /// A struct in place.
    Inline(Nested),
}

/// Where the length beside an address is.
#[derive(Debug, Clone, Copy)]
enum Length {
    None,
    /// At this offset, and it counts this address alone.
    Own(usize),
    /// At this offset, and it counts others too.
    Shared(usize),
}

/// What is known of a struct in place.
#[derive(Debug, Clone, Copy)]
pub struct Nested {
    /// Nulls it.
    release: unsafe fn(*mut u8),
    reports: bool,
    control: bool,
    whole: bool,
    align: usize,
}

impl Nested {
    /// What a `V` fills.
    #[must_use]
    pub const fn of<V: FfiPinned>() -> Self {
        Self {
            release: release_at::<V>,
            reports: V::REPORTS,
            control: V::CONTROL,
            whole: V::WHOLE,
            align: align_of::<V>(),
        }
    }
}

/// What a table knows of a buffer.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Of the elements.
    size: usize,
    elem_align: usize,
    /// Of the buffer itself.
    align: usize,
    /// How many elements there are, whatever the value is.
    at_least: usize,
}

impl Layout {
    /// A `B`.
    #[must_use]
    pub const fn of<B: Lend>() -> Self {
        Self {
            size: size_of::<B::Elem>(),
            elem_align: align_of::<B::Elem>(),
            align: align_of::<B>(),
            at_least: B::AT_LEAST,
        }
    }
}

impl Place {
    const NONE: Self = Self {
        names: Field { item: "", field: "", c: "" },
        at: 0,
        size: 0,
        kind: Kind::Number,
        words: 0,
        number: Number::NONE,
        length: Length::None,
        max: usize::MAX,
        gaps: false,
        full: false,
        control: false,
    };

    const fn is(&self, word: u16) -> bool {
        self.words & word != 0
    }

    /// C never writes through it: C's declaration says so, or the word.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn reads_only(&self) -> bool {
        self.is(READ_ONLY | DECLARED_CONST)
    }

    /// Nested structs are lent for reading, whatever the call does.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn lends_for_reading(&self) -> bool {
        self.is(READ_ONLY)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn counts_bytes(&self) -> bool {
        self.is(BYTES)
    }

    /// Writes an address to its place in the struct at `c`, with the length `n` if it has one of its own.
    ///
    /// # Errors
    ///
    /// The length does not fit.
    ///
    /// # Safety
    ///
    /// The struct at `c` is one that the table is of, and valid for writes; it need not be aligned. This is an address.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn put(&'static self, c: *mut u8, address: *mut u8, n: usize) -> LendResult<()> {
        if let Length::Own(at) = self.length {
            // SAFETY: a place in the struct, of this form (the table).
            unsafe { self.number.write(c.add(at), n, &self.names)? };
        }
        let integer = matches!(self.kind, Kind::Address { integer: true, .. });
        // SAFETY: a place in the struct: a thin pointer, or an integer at least as wide (`PtrField`). In the latter it is
        // exposed, so that the pointer that C makes of it is good.
        unsafe {
            let slot = c.add(self.at);
            match (integer, self.size) {
                (false, _) => slot.cast::<*mut u8>().write_unaligned(address),
                (true, 4) => slot.cast::<u32>().write_unaligned(address.expose_provenance() as u32),
                (true, 8) => slot.cast::<u64>().write_unaligned(address.expose_provenance() as u64),
                (true, _) => slot.cast::<usize>().write_unaligned(address.expose_provenance()),
            }
        }
        Ok(())
    }

    /// Writes the length that this address shares with others.
    ///
    /// # Errors
    ///
    /// It does not fit.
    ///
    /// # Safety
    ///
    /// As for [`put`](Self::put).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn put_shared(&'static self, c: *mut u8, n: usize) -> LendResult<()> {
        let (Length::Own(at) | Length::Shared(at)) = self.length else { return Ok(()) };
        // SAFETY: a place in the struct, of this form (the table).
        unsafe { self.number.write(c.add(at), n, &self.names) }
    }

    /// Writes a position.
    ///
    /// # Errors
    ///
    /// It does not fit.
    ///
    /// # Safety
    ///
    /// As for [`put`](Self::put), of a position.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn put_position(&'static self, c: *mut u8, n: usize) -> LendResult<()> {
        // SAFETY: a place in the struct, of this form (the table).
        unsafe { self.number.write(c.add(self.at), n, &self.names) }
    }

    /// What C left in the length of an address, or in a position, if it is at most `most`.
    ///
    /// # Errors
    ///
    /// It is more, or negative.
    ///
    /// # Safety
    ///
    /// The struct at `c` is one that the table is of, and initialised; it need not be aligned.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn reported(&'static self, c: *const u8, most: usize) -> LendResult<usize> {
        let (Length::Own(at) | Length::Shared(at)) = self.length else {
            // SAFETY: a place in the struct, of this form (the table).
            return unsafe { self.number.read(c.add(self.at), most, &self.names) };
        };
        // SAFETY: as above.
        unsafe { self.number.read(c.add(at), most, &self.names) }
    }

    /// Where it is in the struct at `c`.
    ///
    /// # Safety
    ///
    /// As for [`put`](Self::put).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn slot(&self, c: *mut u8) -> *mut u8 {
        // SAFETY: a place in the struct (the table).
        unsafe { c.add(self.at) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn null_if_empty(&self) -> bool {
        self.is(NULL_IF_EMPTY)
    }
}

/// A table of `N` places of what a `V` fills, while it is being made.
#[derive(Debug)]
pub struct Table<V: FfiPinned, const N: usize> {
    /// Never read: what is asked of it is where its fields are, and of which types.
    room: MaybeUninit<V::C>,
    map: Map,
    item: &'static str,
    places: [Place; N],
    len: usize,
    /// Where the last of the places ends.
    end: usize,
    /// Of the buffer or array that was added last, how many elements there are at least.
    at_least: usize,
}

impl<V: FfiPinned, const N: usize> Table<V, N> {
    /// No places yet, of the struct that `item` fills.
    #[must_use]
    pub const fn new(item: &'static str, map: Map) -> Self {
        Self { room: MaybeUninit::uninit(), map, item, places: [Place::NONE; N], len: 0, end: 0, at_least: 0 }
    }

    // All by `&mut self`, with which a method of the user's does not compete.

    /// A struct to take the addresses of places of.
    #[must_use]
    pub const fn c(&mut self) -> *const V::C {
        self.room.as_ptr()
    }

    /// The table.
    ///
    /// # Panics
    ///
    /// At compile time, if it has not as many places as its type says. (So it is with each of these, for its own reason.)
    #[must_use]
    pub const fn places(&mut self) -> [Place; N] {
        assert!(self.len == N, "a table has as many places as its type says");
        self.places
    }

    /// The offset of the field at `slot`.
    ///
    /// # Safety
    ///
    /// `slot` is in the struct at [`c`](Self::c).
    const unsafe fn offset<F>(&self, slot: *const F) -> usize {
        // SAFETY: both are in the same struct (caller).
        unsafe { slot.cast::<u8>().offset_from(self.room.as_ptr().cast()) as usize }
    }

    #[track_caller]
    const fn add(&mut self, place: Place) {
        // Fields mostly come in the order of C's: then there is nothing to compare.
        let mut i = if place.at >= self.end { self.len } else { 0 };
        while i < self.len {
            let other = &self.places[i];
            // What is only read back changes nothing that C is told; what has no size has no byte.
            let filled = !matches!((place.kind, place.is(SET)), (Kind::Value, false))
                && !matches!((other.kind, other.is(SET)), (Kind::Value, false));
            let apart = place.at + place.size <= other.at || other.at + other.size <= place.at;
            if filled && place.size > 0 && other.size > 0 && !apart {
                let names = &place.names;
                Message::new()
                    .add("`")
                    .add(names.c)
                    .add("` of field `")
                    .add(names.field)
                    .add("` shares bytes of the C struct with what another field fills: keep one of the two")
                    .panic();
            }
            i += 1;
        }
        if place.at + place.size > self.end {
            self.end = place.at + place.size;
        }
        self.places[self.len] = place;
        self.len += 1;
    }

    /// SOUNDNESS 24: a field that is borrowed is aligned, unless the struct is packed.
    #[track_caller]
    const fn must_be_aligned(&self, align: usize) {
        if align > align_of::<V>() {
            Message::new()
                .add("`")
                .add(self.item)
                .add("` is packed, so its fields may be misaligned: only the C struct should be `repr(packed)`, fill that from a plain struct")
                .panic();
        }
    }

    const fn last(&mut self) -> &mut Place {
        &mut self.places[self.len - 1]
    }

    /// Stops a struct of another crate that only has the name of one that is known.
    ///
    /// # Panics
    ///
    /// At compile time, as all of these do.
    #[track_caller]
    pub const fn known(&mut self) {
        self.map.check_known();
    }

    /// The address of a buffer goes to `slot`. Its length, if it has one, comes [next](Self::length).
    ///
    /// # Safety
    ///
    /// `slot` is in the struct that the table is of; so it is in each of these.
    #[track_caller]
    pub const unsafe fn buffer<F: PtrField>(
        &mut self,
        buffer: Layout,
        slot: *const F,
        names: [&'static str; 2],
        words: u16,
    ) {
        self.must_be_aligned(buffer.align);
        if buffer.size == 0 {
            Message::new()
                .add("the elements of field `")
                .add(names[0])
                .add("` have no size, so their count would say nothing about memory")
                .panic();
        }
        let whole = F::SIZE <= 1 || words & BYTES != 0 || buffer.size % F::SIZE == 0;
        if !whole || buffer.elem_align < F::ALIGN {
            Message::new()
                .add("the elements of field `")
                .add(names[0])
                .add("` are smaller than what `")
                .add(names[1])
                .add("` points at, no multiple of it, or less aligned: C would reach past their end")
                .panic();
        }
        self.at_least = buffer.at_least;
        // SAFETY: the caller's promise.
        unsafe { self.address(slot, names, words, buffer.size, false) };
    }

    /// A buffer goes to the `iovec` at `slot`, with its length in bytes.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[cfg(unix)]
    #[track_caller]
    pub const unsafe fn iovec(&mut self, buffer: Layout, slot: *const libc::iovec, field: &'static str, words: u16) {
        // SAFETY: the caller's promise; places inside the `iovec`.
        unsafe {
            self.buffer(buffer, &raw const (*slot).iov_base, [field, "iov_base"], words | BYTES);
            self.length(&raw const (*slot).iov_len, "iov_len");
        }
    }

    /// The address of an array of `E`s, which a `T` fills, goes to `slot`.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    pub const unsafe fn array<T: FfiArray<Elem = E>, E, F: ArrayField<E>>(
        &mut self,
        slot: *const F,
        names: [&'static str; 2],
        words: u16,
    ) {
        self.must_be_aligned(align_of::<T>());
        self.at_least = T::AT_LEAST;
        // SAFETY: the caller's promise.
        unsafe { self.address(slot, names, words, 1, true) };
    }

    /// [`array`](Self::array) of a type that is not chosen yet: C's field says which structs it leads to.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    pub const unsafe fn stated_array<T: FfiArray<Elem = E>, E, F: StatedArrayField<E>>(
        &mut self,
        slot: *const F,
        names: [&'static str; 2],
        words: u16,
    ) {
        // SAFETY: the caller's promise.
        unsafe { self.array::<T, E, F>(slot, names, words) };
    }

    #[track_caller]
    const unsafe fn address<F: PtrField>(
        &mut self,
        slot: *const F,
        [field, c]: [&'static str; 2],
        words: u16,
        elem: usize,
        array: bool,
    ) {
        // SAFETY: the caller's promise.
        let at = unsafe { self.offset(slot) };
        self.map.check_lent(at, words & READ_ONLY != 0, array, words & LENGTH != 0);
        let gaps = self.map.has_gaps(at);
        let full = words & FULL != 0 || self.map.may_be_full(at);
        let control = self.map.is_control(at);
        let words = if F::READ_ONLY { words | DECLARED_CONST } else { words };
        let words = if self.map.is_null_if_empty(at) { words | NULL_IF_EMPTY } else { words };
        let names = Field { item: self.item, field, c };
        let kind = Kind::Address { elem, integer: F::INTEGER };
        self.add(Place { names, at, size: size_of::<F>(), kind, words, gaps, full, control, ..Place::NONE });
    }

    /// The length of the buffer or array that was added last goes to `slot`.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    pub const unsafe fn length<L: LenField>(&mut self, slot: *const L, c: &'static str) {
        // SAFETY: the caller's promise.
        let (at, names) = unsafe { (self.offset(slot), self.counted(slot, c)) };
        self.last().length = Length::Own(at);
        self.add(Place { names, at, size: size_of::<L>(), ..Place::NONE });
    }

    /// The same for a length that counts several: they must agree on it.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    pub const unsafe fn shared_length<L: LenField>(&mut self, slot: *const L, c: &'static str) {
        // SAFETY: the caller's promise.
        let (at, names) = unsafe { (self.offset(slot), self.counted(slot, c)) };
        self.last().length = Length::Shared(at);
        let mut i = 0;
        while i + 1 < self.len {
            if matches!(self.places[i].length, Length::Shared(other) if other == at) {
                return;
            }
            i += 1;
        }
        self.add(Place { names, at, size: size_of::<L>(), ..Place::NONE });
    }

    /// What the C struct's own map has to say, and the number's form.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    const unsafe fn counted<L: LenField>(&mut self, slot: *const L, c: &'static str) -> Field {
        // SAFETY: the caller's promise.
        let at = unsafe { self.offset(slot) };
        let owner = *self.last();
        self.map.check_length(owner.at, at, owner.is(BYTES));
        if let (true, Kind::Address { elem, .. }) = (owner.is(LENGTH), owner.kind) {
            self.map.check_reported(owner.at, owner.is(BYTES), elem);
        }
        // Errors about a buffer name its length.
        self.last().names.c = c;
        self.last().number = L::NUMBER;
        self.last().names
    }

    /// The buffer or array that was added last has no length.
    #[track_caller]
    pub const fn no_length(&mut self) {
        let owner = *self.last();
        self.map.check_no_length(owner.at);
        if self.at_least == 0 {
            Message::new()
                .add("C is told of no length, and field `")
                .add(owner.names.field)
                .add("` may be empty, or end before C does: say with `len` where C counts it, or lend what says by its type how much there is: `[T; N]`, `Box<[T; N]>`, a borrow of these, a C string, or an `Option` of one")
                .panic();
        }
    }

    /// The buffer that was added last has at most `max` elements.
    pub const fn max(&mut self, place: usize, max: usize) {
        self.places[place].max = max;
    }

    /// C reports how far it has come in a buffer.
    #[track_caller]
    pub const fn progress(&mut self) {
        self.map.check_no_progress();
    }

    /// The position of a buffer goes to `slot`.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    pub const unsafe fn position<L: LenField>(&mut self, slot: *const L, [field, c]: [&'static str; 2]) {
        // SAFETY: the caller's promise.
        let at = unsafe { self.offset(slot) };
        let names = Field { item: self.item, field, c };
        self.add(Place { names, at, size: size_of::<L>(), number: L::NUMBER, ..Place::NONE });
    }

    /// C leaves at `slot` how much there was, which may be more than fits.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    pub const unsafe fn full_length<L: LenField>(&mut self, slot: *const L, names: [&'static str; 2]) {
        // SAFETY: the caller's promise.
        unsafe { self.position(slot, names) };
        self.last().full = true;
    }

    /// A plain value goes to `slot`, or comes from there.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    pub const unsafe fn value<T, F>(&mut self, slot: *const F, [field, c]: [&'static str; 2], words: u16) {
        // SAFETY: the caller's promise.
        let at = unsafe { self.offset(slot) };
        self.map.check_value(at);
        self.must_be_aligned(align_of::<T>());
        let names = Field { item: self.item, field, c };
        self.add(Place { names, at, size: size_of::<F>(), kind: Kind::Value, words, ..Place::NONE });
    }

    /// A nested struct, an `E`, is at `slot` itself.
    ///
    /// # Safety
    ///
    /// As for [`buffer`](Self::buffer).
    #[track_caller]
    pub const unsafe fn inline<E, F: InlineField<E>>(
        &mut self,
        nested: Nested,
        slot: *const F,
        [field, c]: [&'static str; 2],
        words: u16,
    ) {
        // SAFETY: the caller's promise.
        let at = unsafe { self.offset(slot) };
        self.must_be_aligned(nested.align);
        if words & READ_ONLY != 0 {
            self.map.check_read_only(at, size_of::<F>());
        }
        let names = Field { item: self.item, field, c };
        self.add(Place { names, at, size: size_of::<F>(), kind: Kind::Inline(nested), words, ..Place::NONE });
    }
}

/// Whether C never writes through the address in this row of the table of `V`.
#[must_use]
pub const fn reads_only<V: FfiPinned>(row: usize) -> bool {
    V::TABLE[row].reads_only()
}

/// Nulls what a `V` fills at `c`.
///
/// # Safety
///
/// As for [`FfiPinned::release`], of a `V::C` at `c`.
unsafe fn release_at<V: FfiPinned>(c: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { V::release(c.cast()) }
}

/// Nulls the addresses of a struct, with the lengths and positions beside them.
///
/// # Safety
///
/// The struct at `c` is valid for writes, and `table` is a table of its type.
pub(crate) unsafe fn release(c: *mut u8, table: &[Place]) {
    for place in table {
        // SAFETY: a place is inside the struct (caller). An address or an integer of no bits is null, or 0.
        unsafe {
            let slot = c.add(place.at);
            match place.kind {
                Kind::Address { .. } | Kind::Number => slot.write_bytes(0, place.size),
                Kind::Inline(nested) => (nested.release)(slot),
                Kind::Value => {}
            }
        }
    }
}

/// Whether anything is taken from fields of the struct itself; of an impl by hand, whose table is empty, that is not known.
#[must_use]
pub(crate) const fn reports(table: &[Place]) -> bool {
    let mut i = 0;
    while i < table.len() {
        let place = &table[i];
        if place.is(LENGTH | PROGRESS | OUT)
            || matches!(place.kind, Kind::Inline(n) if n.reports && !place.is(READ_ONLY))
        {
            return true;
        }
        i += 1;
    }
    table.is_empty()
}

/// Whether C changes the length of a buffer in a field of the struct itself; of an impl by hand, whether it reports
/// anything.
#[must_use]
pub const fn reports_lengths<V: FfiPinned + ?Sized>() -> bool {
    let (table, mut i) = (V::TABLE, 0);
    while i < table.len() {
        if table[i].is(LENGTH) {
            return true;
        }
        i += 1;
    }
    table.is_empty() && V::REPORTS
}

/// Whether raw control messages are lent; of an impl by hand that is not known.
#[must_use]
pub(crate) const fn lends_control(table: &[Place]) -> bool {
    let mut i = 0;
    while i < table.len() {
        if table[i].control || matches!(table[i].kind, Kind::Inline(nested) if nested.control) {
            return true;
        }
        i += 1;
    }
    table.is_empty()
}

/// Whether a fill writes every byte of `C`: its places are apart, so that their sizes add up.
#[must_use]
pub(crate) const fn is_whole<C>(table: &[Place]) -> bool {
    let (mut i, mut bytes) = (0, 0);
    while i < table.len() {
        let place = &table[i];
        let written = match place.kind {
            Kind::Value => place.is(SET),
            Kind::Inline(nested) => nested.whole,
            Kind::Address { .. } | Kind::Number => true,
        };
        if written {
            bytes += place.size;
        }
        i += 1;
    }
    bytes == size_of::<C>()
}

/// Stops values that want results from an array of structs that C declares `*const`, and so leaves as they were filled.
///
/// # Panics
///
/// At compile time.
#[track_caller]
pub const fn results(array: &Place, reports: bool) {
    if reports && array.is(DECLARED_CONST) && !array.is(READ_ONLY) {
        Message::new()
            .add("C declares the structs of field `")
            .add(array.names.field)
            .add("` `*const`, so it does not write them, and the field's values with `inout` or `out` want results from there: declare them `*mut` if C's header does, say `read_only` here, or lend values without results")
            .panic();
    }
}

#[cfg(test)]
mod tests {
    use super::{LendResult, Table, words};
    use crate::fill::FfiPinned;
    use crate::layout::{Known, UnknownStruct as _};
    use crate::scratch::Scratch;

    /// An attribute between the derive and the struct can make it packed after the derive has looked.
    #[repr(C, packed)]
    struct Packed {
        tag: u8,
        number: u32,
    }

    // SAFETY: fills nothing.
    unsafe impl FfiPinned for Packed {
        type C = [u32; 1];
        type Kept = ();
        unsafe fn fill<const WRITE: bool>(_: *mut Self, _: *mut [u32; 1], _: &mut Scratch<'_>) -> LendResult<()> {
            Ok(())
        }
    }

    /// What the derive says of a field of type `T`.
    fn value<T>() {
        let mut table = Table::<Packed, 1>::new("Packed", Known::<[u32; 1]>::PIN_FFI_MAP);
        let c = table.c().cast::<u32>();
        // SAFETY: the only field of the struct.
        unsafe { table.value::<T, u32>(c, ["number", "number"], words::SET) };
    }

    #[test]
    #[should_panic(expected = "`Packed` is packed, so its fields may be misaligned")]
    fn a_field_that_may_be_misaligned_is_refused() {
        let packed = Packed { tag: 1, number: 2 };
        assert_eq!((packed.tag, { packed.number }), (1, 2));
        value::<u8>();
        value::<u32>();
    }
}
