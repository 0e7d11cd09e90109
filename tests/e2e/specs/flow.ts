/** Steps that several accidents share, in the words of those who take them. */
import type { Page } from "@playwright/test";
import type { Console } from "../faces/console";
import type { Phone } from "../faces/phone";
import type { Person } from "../system/people";

export interface Side {
  phone: Phone;
  person: Person;
}

/** 甲 reports, 乙 joins by 甲's QR code, both end up in the queue. */
export async function reachQueue(first: Side, second: Side, onEach?: (page: Page, what: string) => Promise<void>): Promise<void> {
  const shownTo = (side: Side, who: string) => (screen: string) =>
    onEach ? onEach(side.phone.page, `phone-${who}-${screen}`) : Promise.resolve();
  await first.phone.openGeneralLink();
  await first.phone.walk(first.person, "invite", shownTo(first, "1"));
  await second.phone.follow(await first.phone.joinLink());
  await second.phone.walk(second.person, "ready", shownTo(second, "2"));
  await first.phone.walk(first.person, "waiting", shownTo(first, "1"));
  await second.phone.expectScreen("waiting");
}

/** The officer claims the case; everybody sees everybody. */
export async function meet(desk: Console, first: Side, second: Side): Promise<void> {
  await desk.openQueue();
  await desk.claim(first.person.plate);
  await first.phone.enterCall();
  await second.phone.enterCall();
  await desk.expectCall(2);
  await first.phone.expectCall(2);
  await second.phone.expectCall(2);
}

/** Weather, road and form, the losses, the situations given to each side, decided and issued; answers the number. */
export async function handle(
  desk: Console,
  sides: readonly [Side, Side],
  situations: readonly [string | null, string | null],
  collision: string,
): Promise<string> {
  await desk.completeScene({ weather: "1", road_type: "22", form: "11", collision });
  await desk.assess("甲", sides[0].person.loss_fen / 100);
  await desk.assess("乙", sides[1].person.loss_fen / 100);
  if (situations[0]) await desk.addViolation("甲", situations[0]);
  if (situations[1]) await desk.addViolation("乙", situations[1]);
  const expected = situations[1] ? (["equal", "equal"] as const) : (["full", "none"] as const);
  await desk.expectLiability("甲", expected[0]);
  await desk.expectLiability("乙", expected[1]);
  await desk.decide();
  return desk.issue();
}
