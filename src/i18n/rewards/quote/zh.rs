use super::Quote;

pub static QUOTE: Quote = Quote {
    label: "兑换多少积分？",
    slider: "滑动选择数量",
    half: "一半",
    all: "全部",
    you_get: "到手现金",
    taken: "扣除",
    left: "剩余可用",
    ask: "查看报价",
    go_on: "下一步",
    kept: |cash, kept| format!("{cash} 按最小单位取整，多出的 {kept} 积分仍归您。"),
    not_a_number: "请输入数字，例如 150 或 150.50。",
    two_decimals: "最多两位小数。",
    too_few: |points, cash| format!("至少 {points} 积分（{cash}）。"),
    too_many: |available| format!("可用积分只有 {available}。"),
};
