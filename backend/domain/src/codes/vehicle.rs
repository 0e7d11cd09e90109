//! Lists about vehicles and how somebody took part in traffic.

use super::code_list;

code_list! {
    /// 交通方式.
    TransportMode {
        OnFoot = "A1" "步行",
        PassengerC1 = "C1" "乘车", PassengerC2 = "C2" "乘车", PassengerC3 = "C3" "乘车",
        PassengerC4 = "C4" "乘车", PassengerC5 = "C5" "乘车", PassengerC6 = "C6" "乘车",
        PassengerC7 = "C7" "乘车", PassengerC8 = "C8" "乘车", PassengerC9 = "C9" "乘车",
        Bicycle = "F1" "骑自行车", Tricycle = "F2" "骑三轮车", Handcart = "F3" "推手推车",
        DisabledVehicle = "F4" "驾驶残疾人专用车", AnimalCart = "F5" "驾驶畜力车",
        ElectricBicycle = "F6" "骑电动自行车", NonMotorOther = "F9" "其他非机动车",
        RoadTrain = "G1" "驾驶汽车列车",
        HeavyTruck = "H1" "驾驶重型货车", MediumTruck = "H2" "驾驶中型货车",
        LightTruck = "H3" "驾驶轻型货车", MiniTruck = "H4" "驾驶微型货车",
        MotorOther = "J1" "驾驶其他机动车",
        LargeBus = "K1" "驾驶大型客车", MediumBus = "K2" "驾驶中型客车",
        SmallCar = "K3" "驾驶小型客车", MiniCar = "K4" "驾驶微型客车",
        Motorcycle = "M1" "驾驶普通摩托车", Moped = "M2" "驾驶轻便摩托车",
        ThreeWheeledVehicle = "N1" "驾驶三轮汽车", LowSpeedTruck = "N2" "驾驶低速货车",
        CarOther = "Q1" "驾驶其他汽车",
        Tractor = "T1" "驾驶拖拉机",
        Other = "X9" "其他",
    }
}

impl TransportMode {
    /// Drives a motor vehicle, which must carry compulsory cover.
    pub fn is_motor(self) -> bool {
        matches!(
            self.code().as_bytes().first(),
            Some(b'G' | b'H' | b'J' | b'K' | b'M' | b'N' | b'Q' | b'T')
        )
    }

    /// Rides or pushes a non-motor vehicle.
    pub fn is_non_motor(self) -> bool {
        self.code().starts_with('F')
    }

    /// What the vehicle is called within a sentence: 小型客车, 电动自行车. `None` without a vehicle.
    pub fn vehicle_word(self) -> Option<&'static str> {
        if !self.is_motor() && !self.is_non_motor() {
            return None;
        }
        let label = self.label();
        Some(
            ["驾驶", "骑", "推"]
                .iter()
                .find_map(|verb| label.strip_prefix(verb))
                .unwrap_or(label),
        )
    }

    /// How somebody moves it, within a sentence: 驾驶, 骑, 推. Empty without a vehicle.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Bicycle | Self::Tricycle | Self::ElectricBicycle => "骑行",
            Self::Handcart => "推行",
            _ if self.is_motor() || self.is_non_motor() => "驾驶",
            _ => "",
        }
    }
}

code_list! {
    /// 号牌种类 (GA 24.7).
    PlateKind {
        Large = "01" "大型汽车号牌",
        Small = "02" "小型汽车号牌",
        Embassy = "03" "使馆汽车号牌",
        Consulate = "04" "领馆汽车号牌",
        Overseas = "05" "境外汽车号牌",
        Foreign = "06" "外籍汽车号牌",
        Motorcycle = "07" "普通摩托车号牌",
        Moped = "08" "轻便摩托车号牌",
        LowSpeed = "13" "低速车号牌",
        Tractor = "14" "拖拉机号牌",
        Trailer = "15" "挂车号牌",
        DrivingSchool = "16" "教练汽车号牌",
        DrivingSchoolMotorcycle = "17" "教练摩托车号牌",
        Trial = "18" "试验汽车号牌",
        TrialMotorcycle = "19" "试验摩托车号牌",
        TemporaryEntry = "20" "临时入境汽车号牌",
        TemporaryEntryMotorcycle = "21" "临时入境摩托车号牌",
        Temporary = "22" "临时行驶车号牌",
        Police = "23" "警用汽车号牌",
        PoliceMotorcycle = "24" "警用摩托车号牌",
        HongKong = "26" "香港入出境车号牌",
        Macao = "27" "澳门入出境车号牌",
        ArmedPolice = "31" "武警号牌",
        Military = "32" "军队号牌",
        NoPlate = "41" "无号牌",
        Forged = "42" "假号牌",
        Misused = "43" "挪用号牌",
        LargeNewEnergy = "51" "大型新能源汽车号牌",
        SmallNewEnergy = "52" "小型新能源汽车号牌",
        Other = "99" "其他号牌",
    }
}

impl PlateKind {
    /// No plate, a forged or a misused one: leaves the remote flow (art. 13).
    pub fn is_unlawful(self) -> bool {
        matches!(self, Self::NoPlate | Self::Forged | Self::Misused)
    }
}

code_list! {
    /// 车损部位 of the agreement form; the form gives no codes, ours count in its order.
    ContactPart {
        Front = "1" "车头", FrontLeft = "2" "左前角", FrontRight = "3" "右前角", Rear = "4" "车尾",
        RearLeft = "5" "左后角", RearRight = "6" "右后角", LeftSide = "7" "车身左侧", RightSide = "8" "车身右侧",
    }
}
