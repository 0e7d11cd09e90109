//! Everything a document can be refused for, each with its code and its sentence.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident => $sentence:literal,)*) => {
        /// Why a document is refused, or what its reader should know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// Every code, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// One sentence for a person, without the place.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$code => $sentence,)*
                }
            }
        }
    };
}

codes! {
    // The file.
    NotPdf => "文件不是 PDF",
    TooLarge => "文件过大，或其中的对象、版本过多，不予核验",
    JunkBeforeHeader => "文件开头之前有多余内容",
    BrokenStructure => "文件结构已损坏，或写法与签发时不同",
    Comment => "文件中夹有注释，签发的文件没有注释",
    KeyTwice => "文件中同一项目写了两次，不同软件会显示不同内容",
    BytesOutside => "文件中有不属于任何一次签署的内容",
    TrailingBytes => "文件末尾之后被追加了内容",
    CrossReference => "文件的目录与实际内容不一致",
    ObjectTwice => "同一版本中同一对象写了两次",
    ObjectRemoved => "签发后有内容被删除",
    /// Cross-reference streams, object streams, linearisation: other programs write so, this one does not.
    ForeignStructure => "文件的写法不是本系统的写法（目录流、对象流或混合目录）",
    Encrypted => "文件被加密，签发的文件不加密",
    TrailerChanged => "文件的根目录指向被改换",

    // Signatures in the file.
    NoSignature => "文件上没有电子签名",
    NotCertified => "第一个签名不是单位的认证签章",
    PermissionsMissing => "认证签章没有登记在文件的权限中",
    PermissionsWrong => "认证签章允许的改动范围与签发时不同",
    FieldUnreadable => "签名域的写法无法识别",
    FieldNameTwice => "有两个签名域使用同一名称",
    SignatureShared => "同一份签名数据被用在不止一个签名域",
    SignatureMissing => "签名域的签名数据缺失或不完整",
    SignatureForm => "签名的格式不是允许的格式",
    ByteRange => "签名所覆盖的范围不是它所在的整个版本",
    UnsignedRevision => "最后一次签名之后又被追加了没有签名的内容",
    TwoSignatures => "同一版本中出现两个签名",

    // The signature itself.
    MessageMalformed => "签名数据的格式有误",
    MessagePadding => "签名数据之后藏有其他内容",
    MessageContent => "签名数据中另夹有内容，并非只对本文件签名",
    SeveralSigners => "一个签名中有多个签名人",
    SignedAttributes => "签名的必要属性缺失、重复或有误",
    UnknownAttribute => "签名中附有未经签名的其他数据",
    WeakAlgorithm => "签名使用了不被允许的算法",
    DigestMismatch => "签名所覆盖的内容已被改动",
    SignatureWrong => "签名值与签名人的证书不符",
    CertificateMissing => "签名中没有签名人的证书",
    CertificateBinding => "签名没有绑定签名人的证书，证书可能被替换",

    // Certificates.
    SelfSigned => "签名人的证书是自己签发的，不是由可信机构签发",
    Impostor => "签名人的证书冒用可信机构的名称，实际不是它签发的",
    Untrusted => "签名人的证书不是由可信机构签发",
    CertificateExpired => "签名时证书已过期",
    CertificateNotYetValid => "签名时证书尚未生效",
    CertificateUsage => "证书不能用于这种签名",
    CertificateUnknownRule => "证书带有无法识别的强制规则",
    KeyPeriod => "签名时间不在密钥的使用期限内",
    Revoked => "签名人的证书已被撤销",
    SignedInFuture => "签名时间晚于现在",
    TimeMissing => "签名没有写明时间",

    // Timestamps.
    TimestampWrong => "时间戳与文件内容不符",
    TimestampBeforeSignature => "签名人写明的时间晚于时间戳证明的时间",
    /// A warning: the document stands without it.
    TimestampUntrusted => "时间戳不是由可信的时间戳机构签发，不作为时间证明",
    /// A warning.
    TimeNotProven => "没有可信时间戳，签名时间以签名人写明的为准",

    // What was changed after the certification.
    PageChanged => "签发后页面内容被改动",
    PagesChanged => "签发后页面被增加、删除或替换",
    ContentChanged => "签发后文件中的内容被改动",
    AnnotationAdded => "签发后页面上被加了批注或遮盖",
    AnnotationChanged => "签发后页面上的批注被改动",
    CatalogChanged => "签发后文件的总目录被改动",
    MetadataChanged => "签发后文件信息（标题、作者、日期等）被改动",
    FormChanged => "签发后文件的表单设置被改动",
    FieldAdded => "签发后被加了新的签名域",
    FieldChanged => "签发后签名域的属性被改动",
    FieldMoved => "签发后签名的位置或大小被改动",
    AppearanceChanged => "签发后已有签名的外观被替换",
    SignatureReplaced => "签发后已有的签名被替换或删除",
    HiddenContent => "签名中夹带了隐藏内容、链接或脚本",
    ObjectUnused => "签发后被加入了与签名无关的内容",
    ActiveContent => "文件中有脚本、自动动作或可切换的图层",

    // Beside what was stored.
    LaterSignaturesMissing => "这是较早的版本，之后的签名不在其中",
    NotTheStored => "文件与系统中保存的不是同一份",
}

impl Code {
    /// Whether it only says that nobody we trust has signed.
    pub(super) fn is_about_trust(self) -> bool {
        matches!(
            self,
            Self::SelfSigned | Self::Impostor | Self::Untrusted | Self::ForeignStructure
        )
    }

    /// Whether nothing can be said of the file at all.
    pub(super) fn is_unreadable(self) -> bool {
        matches!(self, Self::NotPdf | Self::TooLarge)
    }
}
