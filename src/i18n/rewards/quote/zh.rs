use super::Quote;
use crate::i18n::wording::Noun;

pub fn quote(noun: &'static Noun) -> Quote {
    Quote {
        label: noun.say("兑换多少{units}？"),
        slider: "滑动选择数量",
        half: "一半",
        all: "全部",
        you_get: "到手现金",
        taken: "扣除",
        left: "剩余可用",
        ask: "查看报价",
        go_on: "下一步",
        kept: Box::new(move |cash, kept| format!("{cash} 按最小单位取整，多出的 {kept} {units}仍归您。", units = noun.units)),
        not_a_number: "请输入数字，例如 150 或 150.50。",
        two_decimals: "最多两位小数。",
        too_few: Box::new(move |points, cash| format!("至少 {points} {units}（{cash}）。", units = noun.units)),
        too_many: Box::new(move |available| format!("可用{units}只有 {available}。", units = noun.units)),
    }
}
