/**
 * What a typed identifier must look like, told while typing. The service checks the same again and has the last word.
 *
 * Sources: 身份证 GB 11643, plates GA 36-2018. A special plate is a warning, never an error: the officer sees it.
 */

/** Problem and warning as Chinese sentences; both null is fine. */
export interface Judgement {
  readonly error: string | null;
  readonly warning: string | null;
}

const FINE: Judgement = { error: null, warning: null };
const wrong = (error: string): Judgement => ({ error, warning: null });
const doubt = (warning: string): Judgement => ({ error: null, warning });

/** Identifiers only, never names: full-width to ASCII, no blanks, dots or hyphens, capitals. */
export function tidy(text: string): string {
  return [...text]
    .map((char) => {
      const code = char.codePointAt(0) ?? 0;
      return code >= 0xff01 && code <= 0xff5e ? String.fromCodePoint(code - 0xfee0) : char;
    })
    .join("")
    .replace(/[\s\u3000·•・‧.\-—_]/g, "")
    .toUpperCase();
}

export function judgePhone(text: string): Judgement {
  const phone = tidy(text).replace(/^\+?86(?=1)/, "");
  if (phone === "") return wrong("请填写手机号。");
  return /^1[3-9]\d{9}$/.test(phone) ? FINE : wrong("手机号应是 1 开头的 11 位数字。");
}

/** The phone number as the service takes it: eleven digits. */
export function tidyPhone(text: string): string {
  return tidy(text).replace(/^\+?86(?=1)/, "");
}

export function judgeCode(text: string): Judgement {
  return /^\d{6}$/.test(tidy(text)) ? FINE : wrong("验证码是短信里的 6 位数字。");
}

export function judgeName(text: string): Judgement {
  const name = text.trim();
  if (name === "") return wrong("请填写姓名。");
  if ([...name].length > 50) return wrong("姓名最多 50 个字。");
  return /[\p{Cc}\p{Extended_Pictographic}<>]/u.test(name) ? wrong("姓名里有不能使用的符号。") : FINE;
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const ID_CHECKS = "10X98765432";

/** `today` as `YYYYMMDD`. */
export function judgeIdCard(text: string, today: string): Judgement {
  const id = tidy(text);
  if (id === "") return wrong("请填写身份证号码。");
  if (/^\d{15}$/.test(id)) return wrong("15 位的老身份证号已停用，请填 18 位。");
  if (!/^\d{17}[\dX]$/.test(id)) return wrong("身份证号应是 18 位，最后一位可以是 X。");
  const birth = id.slice(6, 14);
  if (!isDate(birth) || birth > today || birth < "18800101") return wrong("身份证号里的出生日期不对，请核对第 7 至 14 位。");
  const sum = ID_WEIGHTS.reduce((total, weight, index) => total + weight * Number(id[index]), 0);
  return ID_CHECKS[sum % 11] === id[17] ? FINE : wrong("身份证号的校验位不对，请逐位核对。");
}

function isDate(text: string): boolean {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6, 8))];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

export function judgeOtherId(text: string): Judgement {
  const id = tidy(text);
  if (id === "") return wrong("请填写证件号码。");
  return /^[A-Z0-9()]{5,20}$/.test(id) ? FINE : wrong("证件号码应是 5 至 20 位字母和数字。");
}

const PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
const ORDINARY = new RegExp(`^[${PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}$`);
const ENERGY_SMALL = new RegExp(`^[${PROVINCES}][A-Z][A-HJK][A-HJ-NP-Z0-9]\\d{4}$`);
const ENERGY_LARGE = new RegExp(`^[${PROVINCES}][A-Z]\\d{5}[A-HJK]$`);
const SPECIAL = [
  new RegExp(`^[${PROVINCES}][A-Z][A-HJ-NP-Z0-9]{4}[学警挂港澳领试超]$`),
  /^使\d{6}$|^\d{6}使$/,
  /^WJ[\u4e00-\u9fa5]?[A-Z0-9]{4,6}$/,
  /^[VZKHBSLJNGCEPTY][A-Z][A-Z0-9]{5}$/,
  /临/,
];

/** 号牌: seven characters, eight for new energy. */
export function judgePlate(text: string): Judgement {
  const plate = tidy(text);
  if (plate === "") return wrong("请填写车牌号。");
  if (SPECIAL.some((pattern) => pattern.test(plate))) return doubt("这是特殊号牌，民警会再核对一次。");
  if (!PROVINCES.includes(plate[0] ?? "")) return wrong("车牌第一个字应是省份简称，例如“浙”。");
  if (!/^[A-HJ-NP-Z]$/.test(plate[1] ?? "")) return wrong("车牌第二位应是字母，例如“浙D”。");
  const serial = plate.slice(2);
  if (/[IO]/.test(serial)) return wrong("车牌里没有字母 I 和 O，可能是数字 1 和 0。");
  if (serial.length < 5) return wrong("车牌少了几位：普通车牌 7 位，新能源车牌 8 位。");
  if (plate.length > 8) return wrong("车牌多了几位：普通车牌 7 位，新能源车牌 8 位。");
  if (plate.length === 7) return ORDINARY.test(plate) ? FINE : wrong("车牌里有不能使用的字。");
  const energy = ENERGY_SMALL.test(plate) || ENERGY_LARGE.test(plate);
  return energy ? FINE : wrong("8 位是新能源车牌：小型车第 3 位、大型车最后一位应是 A 至 K 的字母。");
}

/** 号牌种类 that a plate tells by its looks; null when it does not. */
export function plateKindOf(text: string): string | null {
  const plate = tidy(text);
  if (ENERGY_SMALL.test(plate)) return "52";
  if (ENERGY_LARGE.test(plate)) return "51";
  if (plate.endsWith("学")) return "16";
  if (plate.endsWith("警")) return "23";
  if (plate.endsWith("挂")) return "15";
  if (plate.endsWith("港")) return "26";
  if (plate.endsWith("澳")) return "27";
  return ORDINARY.test(plate) ? "02" : null;
}

/** An optional period of cover, dates as `YYYY-MM-DD`. */
export function judgePeriod(from: string, to: string): Judgement {
  if (from === "" || to === "") return FINE;
  return from <= to ? FINE : wrong("保险止期早于起期，请核对。");
}
