/** Choices of the party form that are not official code lists. */
export const KINDS = [
  { code: "motor", label: "机动车" },
  { code: "non_motor", label: "非机动车" },
  { code: "pedestrian", label: "行人" },
] as const;

export const ID_TYPES = [
  { code: "id_card", label: "身份证 / 驾驶证" },
  { code: "passport", label: "护照" },
  { code: "hk_macao_permit", label: "港澳通行证" },
  { code: "taiwan_permit", label: "台胞证" },
  { code: "foreigner_permanent_residence", label: "外国人永居证" },
] as const;

export const INJURED = [
  { code: "none", label: "无" },
  { code: "slight", label: "轻微" },
] as const;
