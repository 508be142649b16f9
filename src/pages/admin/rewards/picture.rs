//! A reward's picture: what members see, another file, and none.

use laurel_domain::rewards::reward::Reward;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::rewards::RemovePicture;
use crate::i18n::Lang;
use crate::pages::components::{Card, FileField, Form, Hidden, PostForm, RewardPicture, Submit};
use crate::server::web::paths::REWARD_PICTURE;

#[component]
pub fn Picture(lang: Lang, reward: Reward) -> impl IntoView {
    let (t, form) = (lang.reward_desk(), Form::of(REWARD_PICTURE));
    let remove = reward.picture.map(|_| {
        view! {
            <PostForm form=Form::of(RemovePicture::PATH) class="inline">
                <Hidden name="reward" value=reward.id.to_string()/>
                <Submit label=t.picture_remove kind="quiet"/>
            </PostForm>
        }
    });
    let none = reward.picture.is_none().then(|| view! { <p class="mute small">{t.picture_none}</p> });
    let upload = REWARD_PICTURE.replace("{id}", &reward.id.to_string());
    let name = lang.of(&reward.terms.name).to_owned();
    view! {
        <Card title=t.picture class="picture-form">
            <RewardPicture of=&reward alt=name sizes="352px" first=true/>
            {none}
            <form class="form" method="post" enctype="multipart/form-data" action=upload>
                <FileField form name="picture" label=t.picture hint=t.picture_about accept="image/png,image/jpeg,image/webp"/>
                <button class="button">{t.picture_upload}</button>
            </form>
            {remove}
        </Card>
    }
}
