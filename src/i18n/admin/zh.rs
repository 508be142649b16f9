use super::Admin;

pub static ADMIN: Admin = Admin {
    console: "管理后台",
    navigation: "后台导航",
    dashboard: "概览",
    members: "会员",
    programme: "会员计划",
    rules: "积分规则",
    benefits: "等级权益",
    rewards: "奖品",
    redemptions: "兑换单",
    adjustments: "积分调整",
    system: "系统",
    staff: "后台账号",
    keys: "API 密钥",
    audit: "操作日志",
    settings: "设置",
    crumbs: "当前位置",
    has_draft: "草稿",
    waiting: "待处理",
    account: "我的账号",
    sign_out: "退出登录",
};
