//! Where somebody is signed in, a member or somebody of the staff, and the buttons that end it.

use leptos::prelude::*;
use uuid::Uuid;

use crate::i18n::Lang;
use crate::pages::components::{Card, Chip, Form, Hidden, Icon, PostForm, Submit};
use crate::server::web::RequestContext;
use laurel_engine::store::access::sessions::DeviceRow;
use laurel_engine::store::timestamp;

/// `one` and `everywhere` are the paths of the server functions that sign one device or all of them out.
#[component]
pub fn Devices(
    context: RequestContext,
    devices: Vec<DeviceRow>,
    present: Uuid,
    one: &'static str,
    everywhere: &'static str,
) -> impl IntoView {
    let t = context.lang.account();
    let row = |device: DeviceRow| {
        let used = timestamp(device.session.last_seen_at).map(|at| context.moment(at));
        let is_present = device.session.id == present;
        let end = match is_present {
            true => view! { <Chip tone="good">{t.this_device}</Chip> }.into_any(),
            false => view! { <SignOutButton path=one id=device.session.id label=t.sign_device_out/> }.into_any(),
        };
        view! {
            <li>
                <span class="tile"><Icon name="device"/></span>
                <div>{device_name(context.lang, &device.device)}<small>{used.ok().map(|at| (t.last_used)(&at))}</small></div>
                {end}
            </li>
        }
    };
    let rows = devices.into_iter().map(row).collect_view();
    view! {
        <Card title=t.devices>
            <ul class="list">{rows}</ul>
            <PostForm form=Form::of(everywhere)><Submit label=t.sign_out_everywhere kind="danger"/></PostForm>
        </Card>
    }
}

#[component]
fn SignOutButton(path: &'static str, id: Uuid, label: &'static str) -> impl IntoView {
    let id = id.to_string();
    view! {
        <PostForm form=Form::about(path, "device", &id) class="inline">
            <Hidden name="device" value=id/>
            <Submit label kind="small"/>
        </PostForm>
    }
}

/// What people call their browser and machine; what a browser calls itself is no reading matter.
fn device_name(lang: Lang, user_agent: &str) -> String {
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    let browsers = [
        ("MicroMessenger", "微信 WeChat"),
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];
    let t = lang.account();
    match (first(&browsers), first(&systems)) {
        (Some(browser), Some(system)) => (t.device_on)(browser, system),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => t.unknown_device.to_owned(),
    }
}
