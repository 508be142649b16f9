//! The pages: server-only components that render data to HTML. They hold no SQL and no rules, and know nothing of the browser;
//! what is interactive is an island.
//!
//! # How to add a page with a form
//! 1. Texts: a struct in `i18n/<area>/mod.rs`, its statics in `zh.rs` and `en.rs`.
//! 2. A server function in `api/` (arguments are `String`s; who may call it comes first):
//! ```ignore
//! #[server(prefix = "/api", endpoint = "portal/profile/rename")]
//! pub async fn rename(name: String) -> Result<(), ApiError> {
//!     let (context, member) = RequestContext::member()?;    // or RequestContext::staff(Permission::…)?, or ::anyone()?
//!     rename_member(context.db(), member.id, &name, context.now()).await?;   // `?` turns refusals into ApiErrors in the caller's language
//!     flash_message(context.lang.account().renamed);        // and maybe redirect_to("/profile"); both from server::web
//!     Ok(())
//! }
//! ```
//! 3. The page, a file of its own, and its route in `portal/mod.rs` or `admin/mod.rs`:
//! ```ignore
//! #[component]
//! pub fn RenamePage() -> impl IntoView {
//!     page(async {
//!         let (context, member) = RequestContext::member()?; // an error becomes a page with its status
//!         let profile = profile(context.db(), member.id).await?;
//!         let (t, form) = (context.lang.account(), Form::of(Rename::PATH));   // `use leptos::server_fn::ServerFn`
//!         Ok(view! {
//!             <PortalPage title=t.rename here=Here::Me>
//!                 <PostForm form>
//!                     <Field form name="name" label=t.name value=profile.name required=true/>
//!                     <Submit label=t.save/>
//!                 </PostForm>
//!             </PortalPage>
//!         }.into_any())
//!     })
//! }
//! ```
//! What was typed and what is wrong with it come back into `form` by themselves; the frame sums errors up on top and shows the note.
//! Routes are for members (below `/admin` for staff) unless `server/http/access.rs` lists them as open.

pub mod admin;
mod app;
pub mod closing;
pub mod components;
mod devices;
mod error_page;
mod gate;
mod not_found;
mod page;
pub mod portal;

pub use app::{App, shell};
pub use devices::Devices;
pub use gate::Gate;
pub use page::{page, set_status};
