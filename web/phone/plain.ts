/** The settlement's reasons as this driver reads them: "您" and "对方" instead of the labels 甲, 乙 of the file. */
export interface Around {
  /** My own label. */
  me: string;
  labels: readonly string[];
}

/** How a party is called to this driver; with three and more, the others keep their labels. */
export function called(label: string, { me, labels }: Around): string {
  if (label === me) return "您";
  if (!labels.includes(label)) return label;
  return labels.length === 2 ? "对方" : `${label}方`;
}

/** "甲在事故中有责任，其交强险赔乙…" → "您在事故中有责任，您的交强险赔对方…" */
export function plain(reason: string, around: Around): string {
  const advanceOfOther = around.labels.length === 2 && !reason.includes(`${around.me}不用向对方要`);
  const toMe = advanceOfOther ? reason.replace("不用向对方要", "不用向您要") : reason;
  const named = around.labels.reduce((text, label) => text.replaceAll(label, called(label, around)), toMe);
  return named.replace(/(您[^，。]*，)其(?!中)/g, "$1您的");
}
