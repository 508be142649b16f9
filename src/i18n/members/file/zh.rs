use super::MemberFile;

pub static FILE: MemberFile = MemberFile {
    tabs_label: "会员档案",
    tabs: ["积分明细", "兑换单", "权益", "等级变化", "邮件", "操作日志"],
    ledger_columns: [">序号", "时间", "内容", "来源", "规则", ">积分", ">余额"],
    none_match: "没有符合条件的明细。",
    clear: "清除筛选",
    export: "导出 CSV",
    no_redemptions: "该会员还没有兑换过。",
    no_tier_changes: "等级从未变化。",
    tier_columns: ["时间", "变为", "原因"],
    became: "由",
    held: "当前权益",
    no_benefits: "当前等级没有权益。",
    left: |left, most| format!("剩余 {left}/{most}"),
    always: "长期享有",
    open_codes: "待使用的权益码",
    ended_codes: "已结束的权益码",
    no_codes: "没有领取过权益。",
    code_columns: ["权益码", "权益", "有效期至"],
    csv_columns: ["会员 ID", "支付系统编号", "姓名", "邮箱", "手机", "等级", "状态", "可用积分", "待生效", "欠分", "注册时间"],
    version: |version| format!("v{version}"),
};
