//! The body: what is lent, the call, and what comes back.

use super::super::signature::{Buffer, By, Count, Empty, Filled, Param, Role, Way, pointee};
use super::header::is_count;
use super::plan::{Err, Function, Plan, local, ours, tells_size};
use super::text::tidy;
use crate::words::{self, bare, own_at};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Type};

impl Function<'_> {
    pub(super) fn body(&self) -> TokenStream {
        let call = self.call();
        if !self.has_scratch() {
            return call;
        }
        let (p, inner, scratch) = (words::private(), ours("call"), ours("scratch"));
        let header = self.inner_header();
        let rooms = self.planned().filter_map(|(param, plan)| room(param, plan));
        let left = rooms.fold(quote!(#p::ROOM), |left, (function, arg)| quote!(#p::#function(#arg, #left)));
        let args: Vec<_> = self.planned().filter(|(param, _)| is_argument(param)).map(|(_, plan)| &plan.arg).collect();
        let on_stack = quote!(#inner(#(#args,)* &mut #p::Scratch::new(&mut #p::stack())));
        let in_blocks = quote!(#inner(#(#args,)* #scratch));
        // The function's own promise is the inner one's.
        let (on_stack, in_blocks) = if self.is_safe() {
            (on_stack, in_blocks)
        } else {
            (quote!(unsafe { #on_stack }), quote!(unsafe { #in_blocks }))
        };
        quote! {
            #[inline(always)]
            #header {
                #call
            }
            if #p::fits(#left) {
                #on_stack
            } else {
                #p::in_blocks(move |#scratch| #in_blocks)
            }
        }
    }

    /// Lends, calls, and takes back.
    fn call(&self) -> TokenStream {
        let (checked, others): (Vec<_>, Vec<_>) =
            self.planned().partition(|(param, _)| matches!(param.role, Role::Checked { .. }));
        let lend = others.iter().map(|(param, plan)| self.lend(param, plan));
        // A raw struct may lead to what is lent beside it.
        let enter =
            others.iter().filter_map(|(param, plan)| if checked.is_empty() { None } else { enter(param, plan) });
        let check = checked.iter().map(|(param, plan)| self.check_raw(param, plan));
        let counters = self.params.iter().map(|param| self.counter(param));
        // An empty buffer that becomes NULL has its say in a shared count, unlike `None`.
        let nulls = self.params.iter().filter(|param| is_null_if_empty(param)).map(|param| {
            let (p, lent) = (words::private(), local(param, "lent"));
            quote!(let #lent = #p::null_if_empty(#lent);)
        });
        // All that C reported is checked before any of it is taken.
        let done: TokenStream = self.params.iter().filter_map(|param| self.done(param)).collect();
        let with_results =
            self.params.iter().filter(|param| matches!(param.role, Role::Pin { write: true, .. })).count();
        let take = |verb: &'static str| -> TokenStream {
            self.planned().map(|(param, plan)| take(param, plan, verb)).collect()
        };
        // One value checks all of its own before it takes any.
        let check_first = if with_results > 1 { take("check") } else { TokenStream::new() };
        let (done, take) = (quote!(#done #check_first), take("take"));
        let before = quote!(#(#lend)* #(#counters)* #(#nulls)* #(#enter)* #(#check)*);
        let nothing_else = done.is_empty() && take.is_empty() && !self.params.iter().any(Param::is_filled);
        let (p, c, ret) = (words::private(), ours("c"), ours("ret"));
        let arguments = self.planned().map(|(param, plan)| argument(&p, param, plan));
        let call = quote!(unsafe { #c(#(#arguments),*) });
        let status = self.status();
        if nothing_else {
            return match status {
                Some(status) => quote!(#before let #ret = #call; #status),
                None if !self.is_fallible() => quote!(#before #call),
                None if self.ret_type().is_none() => quote!(#before #call; #p::Ok(())),
                None => quote!(#before let #ret = #call; #p::Ok(#ret)),
            };
        }
        let used = self.ret_type().is_some() || self.filled_by_ret();
        let call = match status {
            Some(status) if used => quote!(let #ret = #call; let #ret = #status?;),
            Some(status) => quote!(let #ret = #call; #status?;),
            None if used => quote!(let #ret = #call;),
            None => quote!(#call;),
        };
        let value = self.value();
        quote!(#before #call #done #take #value)
    }

    /// The result that what C returned says.
    fn status(&self) -> Option<TokenStream> {
        let ty = self.lifetimes.output.as_ref()?;
        let function = match (self.err?, is_count(ty)) {
            (Err::None, _) => return None,
            (Err::MinusOne, true) => "minus_one_count",
            (Err::MinusOne, false) => "minus_one",
            (Err::NegativeErrno, true) => "negative_errno_count",
            (Err::NegativeErrno, false) => "negative_errno",
            (Err::Null, _) => "null",
            (Err::Nonzero, _) => "nonzero",
            (Err::ReturnedErrno, _) => "returned_errno",
        };
        // What cannot say that it failed is the returned type.
        let (at, function) = (words::private_at(own_at(ty.span())), Ident::new(function, own_at(ty.span())));
        let mut ret = ours("ret");
        ret.set_span(own_at(ty.span()));
        Some(quote_spanned!(own_at(ty.span())=> #at::errno::#function(#ret)))
    }

    /// What is returned.
    fn value(&self) -> TokenStream {
        let p = words::private();
        let mut parts: Vec<TokenStream> = self.ret_type().map(|_| ours("ret").to_token_stream()).into_iter().collect();
        for (param, plan) in self.planned() {
            let Role::Buffer(buffer) = &param.role else { continue };
            if !param.is_filled() {
                continue;
            }
            if tells_size(buffer) {
                parts.push(local(param, "size").to_token_stream());
            }
            let (arg, done) = (&plan.arg, local(param, "done"));
            parts.push(quote!(unsafe { #p::Fillable::finish(#arg, #done) }));
        }
        let value = match &parts[..] {
            [one] => one.clone(),
            many => quote!((#(#many),*)),
        };
        if self.is_fallible() {
            quote!(#p::Ok(#value))
        } else if parts.is_empty() {
            TokenStream::new()
        } else {
            value
        }
    }

    /// The pointer check, where it is on, of what a raw pointer leads to.
    fn check_raw(&self, param: &Param, plan: &Plan) -> TokenStream {
        let Role::Checked { write, count } = &param.role else { return TokenStream::new() };
        let (p, at, arg) = (words::private(), words::private_at(own_at(param.ty.span())), &plan.arg);
        let n = match count.as_ref().and_then(|n| self.arg_of(n)) {
            Some(n) => quote!(#p::Some(#p::operand(#n))),
            None => quote!(#p::None),
        };
        let check = quote_spanned!(own_at(param.ty.span())=> #at::check_raw(#arg, #n, #write));
        quote!(unsafe { #check };)
    }

    /// The Rust parameter for C's parameter `n`.
    fn arg_of(&self, n: &Ident) -> Option<&Ident> {
        self.planned().find(|(param, _)| param.ident == *n).map(|(_, plan)| &plan.arg)
    }

    /// Address and length, in one local.
    fn lend(&self, param: &Param, plan: &Plan) -> TokenStream {
        let p = words::private();
        let (arg, lent, kept, scratch) = (&plan.arg, local(param, "lent"), local(param, "kept"), ours("scratch"));
        match &param.role {
            Role::Buffer(buffer) => self.lend_buffer(param, plan, buffer),
            Role::Single { way, elem, nullable, .. } => {
                let at = words::private_at(own_at(elem.span()));
                let lend = Ident::new(if *way == Way::In { "lend_ref" } else { "lend_ref_mut" }, own_at(elem.span()));
                if *nullable {
                    quote_spanned!(own_at(elem.span())=> let #lent = #arg.map_or(#at::core::ptr::null_mut(), #at::#lend);)
                } else {
                    quote_spanned!(own_at(elem.span())=> let #lent = #at::#lend(#arg);)
                }
            }
            Role::Pin { write, c, count: None, nullable, .. } => {
                let place = local(param, "c");
                let fill = match (write, nullable) {
                    (true, true) => {
                        quote!(fill_struct_mut_or_null(#p::Option::as_deref_mut(&mut #arg), &mut #place, #scratch))
                    }
                    (true, false) => quote!(fill_struct_mut(#arg, &mut #place, #scratch)),
                    (false, true) => quote!(fill_struct_or_null(#arg, &mut #place, #scratch)),
                    (false, false) => quote!(fill_struct(#arg, &mut #place, #scratch)),
                };
                let lent = if *write { quote!((#lent, #kept)) } else { lent.to_token_stream() };
                quote! {
                    let mut #place = #p::core::mem::MaybeUninit::<#c>::zeroed();
                    let #lent = unsafe { #p::#fill? };
                }
            }
            Role::Pin { write, count: Some(count), nullable, max, .. } => {
                // What C declares `*const` it may write through, and does not write itself.
                let fixed = matches!(pointee(&param.ty), Some((_, false)));
                let value = match (write, nullable) {
                    (true, true) => quote!(&mut #arg),
                    (false, true) => quote!(&#arg),
                    (_, false) => arg.to_token_stream(),
                };
                let both = if *write { quote!((#lent, #kept)) } else { lent.to_token_stream() };
                let mut out = if *write {
                    quote!(let #both = unsafe { #p::fill_array_mut::<_, #nullable, #fixed>(#value, #scratch)? };)
                } else {
                    quote!(let #both = unsafe { #p::fill_array::<_, #nullable>(#value, #scratch)? };)
                };
                out.extend(max.as_ref().map(|max| self.at_most(param, count, max)));
                out.extend(self.least(param, count, *nullable));
                out
            }
            _ => TokenStream::new(),
        }
    }

    fn lend_buffer(&self, param: &Param, plan: &Plan, buffer: &Buffer) -> TokenStream {
        let p = words::private();
        let (arg, lent, at) = (&plan.arg, local(param, "lent"), words::private_at(own_at(buffer.elem.span())));
        let mut out = match (buffer.way, &buffer.filled, buffer.nullable) {
            (Way::Out, Some(_), true) => quote!(let #lent = #p::Fillable::lend_out(&mut #arg);),
            // What is lent may be an `Option` whether C allows NULL or not, for its type is the caller's choice. Where C
            // does not, `None` is an empty buffer like any other.
            (Way::Out, Some(_), false) => quote!(let #lent = #p::present(#p::Fillable::lend_out(&mut #arg));),
            (way, _, nullable) => {
                let lend =
                    Ident::new(if way == Way::In { "lend_in" } else { "lend_inout" }, own_at(buffer.elem.span()));
                if nullable {
                    quote_spanned!(own_at(buffer.elem.span())=> let #lent = #at::or_null(#arg, #at::#lend);)
                } else {
                    quote_spanned!(own_at(buffer.elem.span())=> let #lent = #at::#lend(#arg);)
                }
            }
        };
        out.extend(buffer.max.as_ref().map(|max| self.at_most(param, &buffer.count, max)));
        out.extend(self.least(param, &buffer.count, buffer.nullable));
        if buffer.empty == Empty::Refused {
            let info = self.info(param, &counted(&buffer.count));
            out.extend(quote!(#p::at_least(#lent.len, !#p::Lent::is_none(&#lent), 1, #info)?;));
        }
        out
    }

    /// The user's `max`, in a constant: outside any `unsafe`.
    fn at_most(&self, param: &Param, count: &Count, max: &Expr) -> TokenStream {
        let (at, lent, limit) = (words::private_at(own_at(max.span())), local(param, "lent"), local(param, "max"));
        let info = self.info(param, &counted(count));
        quote_spanned! {own_at(max.span())=>
            const #limit: ::core::primitive::usize = #max;
            #at::check_max(#lent.len, #limit, #info)?;
        }
    }

    /// The buffer has what a computed length asks for; that is kept, as it is what C fills.
    fn least(&self, param: &Param, count: &Count, nullable: bool) -> Option<TokenStream> {
        let By::Computed(expr) = &count.by else { return None };
        let (p, lent, least) = (words::private(), local(param, "lent"), local(param, "least"));
        let (need, info) = (self.computed(param, expr), self.info(param, &counted(count)));
        let n = if count.bytes { quote!(#p::bytes_of(#lent, #info)?) } else { quote!(#lent.len) };
        let some = if nullable { quote!(!#p::Lent::is_none(&#lent)) } else { quote!(true) };
        Some(quote!(let #least = #p::at_least(#n, #some, #need, #info)?;))
    }

    /// A computed length, with every step checked.
    fn computed(&self, param: &Param, expr: &Expr) -> TokenStream {
        let p = words::private();
        match expr {
            Expr::Paren(inner) => self.computed(param, &inner.expr),
            Expr::Binary(binary) => {
                let (left, right) = (self.computed(param, &binary.left), self.computed(param, &binary.right));
                let step = if matches!(binary.op, syn::BinOp::Mul(_)) { quote!(product) } else { quote!(sum) };
                let info = self.info(param, &tidy(expr));
                quote!(#p::#step(#left, #right, #info)?)
            }
            Expr::Path(path) => {
                let name = path.path.get_ident();
                let arg = name.and_then(|name| self.arg_of(name));
                let info = self.info(param, &name.map(bare).unwrap_or_default());
                quote!(#p::summand(#arg, #info)?)
            }
            // A constant, outside any `unsafe`.
            Expr::Verbatim(constant) => {
                let name = Ident::new("__PIN_FFI_LEN", Span::mixed_site());
                quote_spanned!(own_at(constant.span())=> {
                    const #name: ::core::primitive::usize = #constant;
                    #name
                })
            }
            number => number.to_token_stream(),
        }
    }

    /// A length in C's type.
    fn counter(&self, param: &Param) -> TokenStream {
        let (p, c) = (words::private(), local(param, "c"));
        let (ty, mutability) = match &param.role {
            Role::Counter => (&param.ty, None),
            Role::CounterThrough(ty) => (ty, Some(quote!(mut))),
            // An integer: `filled` takes nothing else.
            Role::Report(ty) => return quote!(let mut #c: #ty = unsafe { #p::core::mem::zeroed() };),
            _ => return TokenStream::new(),
        };
        let name = bare(&param.ident);
        let counted: Vec<_> = self.counted_by(&param.ident).collect();
        let amount = |(param, count): &(&Param, &Count)| {
            let (lent, info) = (local(param, "lent"), self.info(param, &name));
            if count.bytes { quote!(#p::bytes_of(#lent, #info)?) } else { quote!(#lent.len) }
        };
        let n = match &counted[..] {
            [] => return TokenStream::new(),
            [one] => amount(one),
            many => {
                let agreed = many.iter().fold(quote!(#p::None), |so_far, one| {
                    let (lent, info, amount) = (local(one.0, "lent"), self.info(one.0, &name), amount(one));
                    quote!(#p::agree(#so_far, !#p::Lent::is_none(&#lent), #amount, #info)?)
                });
                quote!(#p::agreed(#agreed))
            }
        };
        if self.is_fallible() {
            let (at, info) = (words::private_at(own_at(ty.span())), self.info(counted[0].0, &name));
            quote_spanned!(own_at(ty.span())=> let #mutability #c: #ty = #at::counter(#n, #info)?;)
        } else {
            // `size_t` holds any length.
            quote!(let #mutability #c: #ty = #n;)
        }
    }

    /// How many elements, or structs of an array, C says that it filled, checked.
    fn done(&self, param: &Param) -> Option<TokenStream> {
        let (Role::Buffer(Buffer { way: Way::Out, filled: Some(filled), count, .. })
        | Role::Pin { filled: Some(filled), count: Some(count), .. }) = &param.role
        else {
            return None;
        };
        let p = words::private();
        let (lent, done, bytes) = (local(param, "lent"), local(param, "done"), count.bytes);
        // The type of a report that was not checked when it was made.
        let mut report = None;
        let (n, name) = match filled {
            Filled::All if matches!(param.role, Role::Pin { .. }) => return None,
            Filled::All => {
                let n = told(param, count).unwrap_or_else(|| quote!(#lent.len));
                return Some(quote!(let #done = #n;));
            }
            Filled::Ret => (ours("ret"), "the returned value".to_owned()),
            Filled::Through(n) => {
                report = self.params.iter().find_map(|p| match &p.role {
                    Role::Report(ty) if p.ident == *n => Some(ty),
                    _ => None,
                });
                (format_ident!("__pin_ffi_c_{}", bare(n), span = Span::mixed_site()), bare(n))
            }
        };
        let info = self.info(param, &name);
        // Of a computed length C was told no more than that.
        let full = matches!(&param.role, Role::Buffer(Buffer { full: true, .. }));
        let (function, told) = match count.by {
            By::Computed(_) => {
                let least = local(param, "least");
                (if full { "fitting_of" } else { "filled_of" }, quote!(#lent, #least))
            }
            _ => (if full { "fitting" } else { "filled" }, lent.to_token_stream()),
        };
        let size = match &param.role {
            Role::Buffer(buffer) if tells_size(buffer) => {
                let size = local(param, "size");
                Some(quote!(let #size = #p::size_reported(#n, #info)?;))
            }
            _ => None,
        };
        let done = match report {
            Some(ty) => {
                let (at, function) = (words::private_at(own_at(ty.span())), Ident::new(function, own_at(ty.span())));
                quote_spanned!(own_at(ty.span())=> let #done = #at::#function::<_, #ty>(#n, #told, #bytes, #info)?;)
            }
            None => {
                let function = Ident::new(function, Span::mixed_site());
                quote!(let #done = #p::#function(#n, #told, #bytes, #info)?;)
            }
        };
        Some(quote!(#done #size))
    }
}

/// The results of a value, after the call: checked alone, or taken.
fn take(param: &Param, plan: &Plan, verb: &str) -> TokenStream {
    let p = words::private();
    let name = |of: &str| Ident::new(&format!("{verb}_{of}"), Span::mixed_site());
    let (arg, lent, kept) = (&plan.arg, local(param, "lent"), local(param, "kept"));
    let Role::Pin { write: true, count, filled, nullable, .. } = &param.role else { return TokenStream::new() };
    let Some(count) = count else {
        return if *nullable {
            let (take, arg) = (name("struct_or_null"), quote!(#p::Option::as_deref_mut(&mut #arg)));
            quote!(unsafe { #p::#take(#arg, #lent, #kept)? };)
        } else {
            let take = name("struct");
            quote!(unsafe { #p::#take(#arg, #lent, #kept)? };)
        };
    };
    let value = if *nullable { quote!(&mut #arg) } else { arg.to_token_stream() };
    // Of a computed length C was told no more than that, and the structs behind are as they were filled.
    let n = match filled {
        None | Some(Filled::All) => told(param, count),
        Some(_) => Some(local(param, "done").to_token_stream()),
    };
    match n {
        Some(n) => {
            let take = name("array_first");
            quote!(unsafe { #p::#take(#value, #kept, #n)? };)
        }
        None => {
            let take = name("array");
            quote!(unsafe { #p::#take(#value, #kept)? };)
        }
    }
}

/// How many elements C was told of, where the buffer may have more.
fn told(param: &Param, count: &Count) -> Option<TokenStream> {
    let By::Computed(_) = count.by else { return None };
    let (p, lent, least) = (words::private(), local(param, "lent"), local(param, "least"));
    Some(if count.bytes { quote!(#p::elements_in(#lent, #least)) } else { least.to_token_stream() })
}

/// Whether the Rust function has it as a parameter.
fn is_argument(param: &Param) -> bool {
    !matches!(param.role, Role::Counter | Role::CounterThrough(_) | Role::Report(_))
}

fn is_null_if_empty(param: &Param) -> bool {
    matches!(&param.role, Role::Buffer(Buffer { empty: Empty::Null, .. }) | Role::Pin { null_if_empty: true, .. })
}

/// The function that says what a value leaves of the room on the stack, and its argument.
fn room(param: &Param, plan: &Plan) -> Option<(TokenStream, TokenStream)> {
    let (p, arg) = (words::private(), &plan.arg);
    match &param.role {
        Role::Pin { count: Some(_), nullable: true, .. } => Some((quote!(array_room), quote!(&#arg))),
        Role::Pin { count: Some(_), nullable: false, .. } => Some((quote!(array_room), quote!(&*#arg))),
        Role::Pin { count: None, nullable: false, .. } => Some((quote!(struct_room), quote!(&*#arg))),
        Role::Pin { count: None, nullable: true, .. } => {
            Some((quote!(struct_room_or_null), quote!(#p::Option::as_deref(&#arg))))
        }
        _ => None,
    }
}

/// A buffer is known to the pointer check for as long as the call runs.
fn enter(param: &Param, plan: &Plan) -> Option<TokenStream> {
    let (p, entered, lent, arg) = (words::private(), local(param, "entered"), local(param, "lent"), &plan.arg);
    Some(match &param.role {
        Role::Buffer(Buffer { way, .. }) => {
            let write = *way != Way::In;
            quote!(let #entered = #p::entered(#lent.ptr, #lent.len, #write);)
        }
        Role::Single { way, .. } => {
            let write = *way != Way::In;
            quote!(let #entered = #p::entered(#lent, 1, #write);)
        }
        Role::CStr { nullable: false } => {
            quote!(let #entered = #p::entered(#p::CStr::as_ptr(#arg), #p::CStr::count_bytes(#arg) + 1, false);)
        }
        _ => return None,
    })
}

/// What is passed to C.
fn argument(p: &Ident, param: &Param, plan: &Plan) -> TokenStream {
    let (arg, ty) = (&plan.arg, &param.ty);
    let (lent, c) = (local(param, "lent"), local(param, "c"));
    match &param.role {
        Role::Value | Role::Pointer | Role::Checked { .. } => arg.to_token_stream(),
        // `must_fit` has seen the elements.
        Role::Buffer(Buffer { told: true, .. }) | Role::Pin { count: Some(_), .. } => quote!(#lent.ptr.cast()),
        Role::Buffer(_) => spanned(ty, |at| quote_spanned!(own_at(ty.span())=> #at::argument::<#ty, _>(#lent))),
        Role::Single { .. } => spanned(ty, |at| quote_spanned!(own_at(ty.span())=> #at::argument_ref::<#ty, _>(#lent))),
        Role::Pin { count: None, .. } => quote!(#lent.cast()),
        Role::Fd { nullable } => {
            let raw = Ident::new(if *nullable { "raw_fd_or_none" } else { "raw_fd" }, own_at(ty.span()));
            spanned(ty, |at| quote_spanned!(own_at(ty.span())=> #at::#raw::<#ty>(#arg)))
        }
        Role::CStr { nullable: false } => quote!(#p::CStr::as_ptr(#arg).cast_mut().cast()),
        Role::CStr { nullable: true } => quote!(#p::cstr_or_null(#arg).cast_mut().cast()),
        Role::Counter => c.to_token_stream(),
        Role::CounterThrough(_) | Role::Report(_) => quote!(&raw mut #c),
    }
}

/// Tokens at a type, with our module's name there.
fn spanned(ty: &Type, write: impl FnOnce(Ident) -> TokenStream) -> TokenStream {
    write(words::private_at(own_at(ty.span())))
}

/// What counts a buffer, for an error.
fn counted(count: &Count) -> String {
    match &count.by {
        By::Param(n) | By::Through(n) => bare(n),
        By::Computed(expr) => tidy(expr),
    }
}
