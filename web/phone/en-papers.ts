/** English for the papers of the case: the pad, the list of papers, the review. */
export const EN_PAPERS: Readonly<Record<string, string>> = {
  // The pad
  "签名": "Signature",
  "签名框": "Box for the signature",
  "请写您的姓名：{name}": "Write your name: {name}",
  "请写您的姓名": "Write your name",
  "用手指写在这里，可以把手机横过来": "Write here with a finger. You may turn the phone.",
  "撤一笔": "Undo stroke",
  "重写": "Start over",
  "提交签名": "Submit",
  "一并记下签名时的位置": "Note where I sign, too",
  "可以不选，不影响签名": "You may leave this out; the signature counts all the same",
  "在这里看原件（{n} 页）": "Read the original here ({n} pages)",
  "这里显示不了原件，请用下面的按钮打开。": "The original cannot be shown here. Open it with the button below.",
  "原件第 {n} 页": "Page {n} of the original",
  "签名太长了，请点“重写”，只写姓名。": "The signature is too long. Press “Start over” and write only your name.",
};
