import { Limits } from '../../../../core/delivery/limits';
import { useExecutions } from './executions';

const { control, model, says, run } = useExecutions();
const { asked, texts } = model;

describe('Many messages at once', () => {
	// Faster than Feishu takes them: what is to be seen here are the turns.
	beforeEach(async () => {
		jest.spyOn(Limits.prototype, 'charge').mockReturnValue(undefined);
		await control.put('/limits', { enabled: false });
	});
	afterEach(async () => await control.put('/limits', { enabled: true }));

	it('of few conversations end, and no more are asked at once than the option says', async () => {
		const items = await Promise.all(
			Array.from({ length: 500 }, async (_, n) => await says(`q${n}`, `user${n % 3}`)),
		);
		let most = 0;
		const ended = run(items, { parameters: { options: { concurrency: 2 } } });
		await asked(2);
		let over = false;
		ended.finally(() => (over = true));
		for (let done = 0; !over; ) {
			const open = model.questions.length - done;
			most = Math.max(most, open);
			if (open > 0) model.questions[done++]!.end();
			await new Promise((resolve) => setTimeout(resolve, 1));
		}
		const { answered, failed } = await ended;
		expect(failed).toEqual([]);
		expect(most).toBe(2);
		expect(answered.map(({ text }) => text)).toEqual(items.map(({ text }) => text));
		// All of them were asked, in order, 20 at once.
		const inOrder = (user: number) =>
			items.filter((_, n) => n % 3 === user).map(({ text }) => String(text));
		const said = texts().map((text) => text.split('\n\n'));
		for (const user of [0, 1, 2]) {
			const own = said.filter(([text]) => Number(text!.slice(1)) % 3 === user);
			expect(own.flat()).toEqual(inOrder(user));
			expect(Math.max(...own.map((group) => group.length))).toBe(20);
		}
	});

	it('of one conversation do not keep another one’s from the model', async () => {
		const parameters = { options: { concurrency: 2, meanwhile: 'oneByOne' } };
		const items = await Promise.all(
			Array.from({ length: 50 }, async (_, n) => await says(`q${n}`)),
		);
		items.push(await says('quick', 'Bo'));
		const ended = run(items, { parameters });
		await asked(2);
		expect(texts()).toEqual(['q0', 'quick']);
		model.atOnce = true;
		for (const { end } of model.questions) end();
		const { answered } = await ended;
		expect(answered).toHaveLength(51);
	});
});

test('More answers than Feishu takes in a second wait for the next one, in the same execution', async () => {
	model.atOnce = true;
	const items = await Promise.all(
		Array.from({ length: 50 }, async (_, n) => await says(`q${n}`, `user${n}`)),
	);
	const { answered, failed } = await run(items, { parameters: { options: { concurrency: 50 } } });
	expect([answered.length, failed.length]).toEqual([50, 0]);
	const sent = (await control.get('/ledger?platform=feishu&direction=in&kind=reply')).entries;
	const refused = sent.flatMap((entry: { refused?: string }) => entry.refused ?? []);
	// The sandbox was reset: the first ones still have a token from before that.
	expect(refused.filter((why: string) => !/Invalid access token/.test(why))).toEqual([]);
	expect(sent.length - refused.length).toBe(50);
});
