import type { Delivery, Said, Wire, World } from './bot';
import { holdsOn } from './until';

/*
 * What the system promises, as checks that throw where a promise is broken. They are used twice: they must
 * hold for the package, and they must fail for a package in which the mechanism behind them is off.
 */

function assert(holds: boolean, broken: string): asserts holds {
	if (!holds) throw new Error(broken);
}

/** A question is acknowledged and answered once, by the model. */
export async function answersOnce(world: World, said: Said): Promise<string> {
	const question = `What about ${said.platform} ${Math.random()}?`;
	const { messageId, deliveries } = await world.say({ ...said, text: question });
	assert(deliveries[0]?.status === 200, `not acknowledged: ${deliveries[0]?.status}`);
	const [answer] = await world.answered(messageId);
	assert(answer!.text.includes(`Answer to: ${question}`), `another answer: ${answer!.text}`);
	return messageId;
}

/**
 * The same message delivered again, several times at once and later, is acknowledged and worked once. Some
 * platforms drop a second answer of the same words, so it is the executions that are counted too.
 */
export async function worksRedeliveriesOnce(world: World, said: Said): Promise<void> {
	const before = await world.executions();
	const { messageId, deliveries } = await world.say({
		...said,
		text: 'Only once, please',
		times: 3,
	});
	assert(
		deliveries.every(({ status }) => status === 200),
		`not acknowledged: ${deliveries.map(({ status }) => status).join()}`,
	);
	await world.answered(messageId);
	const again = await world.deliverAgain(messageId);
	assert(again.status === 200, `a redelivery was not acknowledged: ${again.status}`);
	await onlyOneAnswer(world, messageId);
	const started = newer(await world.executions(), before).length;
	assert(started === 1, `${started} executions`);
}

export async function onlyOneAnswer(world: World, messageId: string): Promise<void> {
	await holdsOn(async () => {
		const answers = await world.answers(messageId);
		assert(answers.length === 1, `${answers.length} answers`);
	});
}

/** A real request with one character of its signature changed is refused like any other, and starts nothing. */
export async function refusesForgery(world: World, said: Said): Promise<void> {
	const wire = await world.build({ ...said, text: 'I am not who I say I am' });
	const before = await world.executions();
	const delivery = await world.deliverRaw(said, forged(wire));
	await holdsOn(async () => {
		const after = await world.executions();
		assert(newer(after, before).length === 0, 'a forged message started an execution');
	});
	assertRefusal(delivery);
}

/** Executions that came after the newest of `before`. n8n lists the newest 250 only. */
function newer(executions: string[], before: string[]): string[] {
	return executions.filter((id) => Number(id) > Number(before[0] ?? 0));
}

/** The one refusal: the same for everything that is not accepted. */
export function assertRefusal(delivery: Delivery): void {
	assert(delivery.status === 401, `status ${delivery.status}`);
	assert(delivery.response.body === '{"error":"unauthorized"}', delivery.response.body);
}

function forged(wire: Wire): Wire {
	const change = (signature: string): string =>
		(signature.startsWith('a') ? 'b' : 'a') + signature.slice(1);
	const changeIn = (values: Record<string, string>): Record<string, string> =>
		Object.fromEntries(
			Object.entries(values).map(([name, value]) => [
				name,
				/^(sign|x-lark-signature|msg_signature|signature)$/i.test(name) ? change(value) : value,
			]),
		);
	return { ...wire, query: changeIn(wire.query), headers: changeIn(wire.headers) };
}
