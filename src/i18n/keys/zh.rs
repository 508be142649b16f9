use super::Keys;
use crate::i18n::wording::Noun;

pub fn keys(noun: &'static Noun) -> Keys {
    Keys {
        title: "快捷键",
        anywhere: "所有页面",
        go_to: "前往",
        keys: [
            ("Ctrl K", "查找页面、会员或操作"),
            ("/", "在本页搜索"),
            ("?", "显示快捷键"),
            ("j", "列表下一行"),
            ("k", "列表上一行"),
            ("x", "选择该行"),
            ("Enter", "打开该行"),
            ("[ ]", "列表中的上一位、下一位会员"),
            ("Ctrl S", "保存规则草稿"),
            ("Ctrl Enter", "提交表单"),
        ],
        letters: "启用单键快捷键（仅此设备）",
        palette_placeholder: "页面、会员或操作",
        shortcuts: "快捷键",
        adjust: Box::new(move |name| format!("调整{name}的{units}", units = noun.units)),
        edit: |name| format!("修改{name}的资料"),
        open_tab: |name, tab| format!("{name}：{tab}"),
        action: "操作",
        page: "页面",
        publish_draft: "发布规则草稿",
        new_reward: "新建奖品",
    }
}
