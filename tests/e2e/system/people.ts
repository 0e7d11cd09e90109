/**
 * Who took part in the accidents the tests act out: names, papers, cars, policies. Nobody here exists.
 *
 * Policies are with PICC and PAIC, the two insurers that `kuaichu demo` sets up with a client each.
 */

export interface Person {
  name: string;
  phone: string;
  id_number: string;
  plate: string;
  model: string;
  insurer: "PICC" | "PAIC" | "CPIC";
  policy: string;
  loss_fen: number;
}

/** A name with a character outside the basic plane: it must survive input, database and PDF. */
export const WANG: Person = {
  name: "王𬀩",
  phone: "13800000001",
  id_number: idNumber("33068119800101001"),
  plate: "浙D12A40",
  model: "大众朗逸",
  insurer: "PICC",
  policy: "CTP2026000001",
  loss_fen: 100_000,
};

export const LI: Person = {
  name: "李䶮",
  phone: "13900000002",
  id_number: idNumber("33068119900202002"),
  plate: "浙DF12340",
  model: "比亚迪秦",
  insurer: "PAIC",
  policy: "CTP2026000002",
  loss_fen: 150_000,
};

/** Completes an identity number with its check character (GB 11643). */
export function idNumber(seventeen: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(seventeen[at]), 0);
  return seventeen + "10X98765432"[sum % 11];
}
