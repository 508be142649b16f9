use super::Portal;

pub static PORTAL: Portal = Portal {
    home: "首页",
    activity: "明细",
    rewards: "兑换",
    benefits: "权益",
    invite: "邀请",
    me: "我的",
    navigation: "主导航",
};
