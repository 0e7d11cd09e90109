//! Lists about the place and the accident itself.

use super::code_list;

code_list! {
    /// 天气.
    Weather {
        Sunny = "1" "晴", Overcast = "2" "阴", Rain = "3" "雨", Snow = "4" "雪", Fog = "5" "雾",
        Gale = "6" "大风", Sandstorm = "7" "沙尘", Hail = "8" "冰雹", Other = "9" "其他",
    }
}

code_list! {
    /// 事故形态.
    AccidentForm {
        MovingVehicle = "11" "碰撞运动车辆",
        StandingVehicle = "12" "碰撞静止车辆",
        VehiclesOther = "19" "其他车辆间事故",
        PedestrianScraped = "21" "刮撞行人",
        PedestrianRunOver = "22" "碾压行人",
        PedestrianHitAndRunOver = "23" "碰撞后碾压行人",
        PedestrianOther = "29" "其他车辆与人事故",
        TurnedOnSide = "31" "侧翻",
        RolledOver = "32" "滚翻",
        Fell = "33" "坠车",
        Fire = "34" "失火",
        FixedObject = "35" "撞固定物",
        LooseObject = "36" "撞非固定物",
        Jackknifed = "37" "自身折叠",
        OccupantFell = "38" "乘员跌落或抛出",
        SingleOther = "39" "其他单车事故",
    }
}

impl AccidentForm {
    /// Between vehicles: needs at least two of them.
    pub fn is_between_vehicles(self) -> bool {
        matches!(
            self,
            Self::MovingVehicle | Self::StandingVehicle | Self::VehiclesOther
        )
    }

    /// The form then also asks for a [`CollisionForm`].
    pub fn needs_collision_form(self) -> bool {
        matches!(self, Self::MovingVehicle | Self::StandingVehicle)
    }

    /// Between a vehicle and somebody on foot.
    pub fn is_with_pedestrian(self) -> bool {
        self.code().starts_with('2')
    }

    /// One vehicle alone.
    pub fn is_single_vehicle(self) -> bool {
        self.code().starts_with('3')
    }
}

code_list! {
    /// 车辆间事故: how two vehicles met; required for forms 11 and 12.
    CollisionForm {
        RearEnd = "1" "追尾碰撞",
        HeadOn = "2" "正面碰撞",
        SideSameDirection = "3" "侧面碰撞（同向）",
        SideOpposite = "4" "侧面碰撞（对向）",
        SideRightAngle = "5" "侧面碰撞（直角）",
        SideAngleUnknown = "6" "侧面碰撞（角度不确定）",
        ScrapeSameDirection = "7" "同向刮擦",
        ScrapeOpposite = "8" "对向刮擦",
        Other = "9" "其他",
    }
}

code_list! {
    /// 道路类型.
    RoadType {
        Expressway = "10" "高速公路",
        ClassOne = "11" "一级公路",
        ClassTwo = "12" "二级公路",
        ClassThree = "13" "三级公路",
        ClassFour = "14" "四级公路",
        Unclassed = "19" "等外公路",
        UrbanExpressway = "21" "城市快速路",
        UrbanRoad = "22" "一般城市道路",
        Compound = "25" "单位小区自建路",
        CarPark = "26" "公共停车场",
        Square = "27" "公共广场",
        Other = "29" "其他道路",
    }
}

impl RoadType {
    /// Expressways and urban expressways, which one regional switch opens or closes.
    pub fn is_expressway(self) -> bool {
        matches!(self, Self::Expressway | Self::UrbanExpressway)
    }
}

code_list! {
    /// 行政区划 (GB/T 2260) of the districts the desk serves.
    Division {
        Yuecheng = "330602" "越城区",
        Keqiao = "330603" "柯桥区",
        Shangyu = "330604" "上虞区",
        Xinchang = "330624" "新昌县",
        Zhuji = "330681" "诸暨市",
        Shengzhou = "330683" "嵊州市",
    }
}
