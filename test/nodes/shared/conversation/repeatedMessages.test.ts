import type { IDataObject } from 'n8n-workflow';
import { useExecutions } from './executions';

const { model, says, run, waitFor, answersTo } = useExecutions();
const { asked, texts } = model;

describe('A message that comes again', () => {
	it('while it is being answered gets the same answer, sent once', async () => {
		const item = await says('one');
		const runs = [run([item])];
		const one = await asked(1);
		runs.push(run([item]));
		await waitFor(2);
		one.end();
		const [first, again] = await Promise.all(runs);
		expect(texts()).toEqual(['one']);
		expect(await answersTo(item)).toEqual(['Answer to: one']);
		const { answer, delivery } = first!.answered[0]!;
		expect(again!.answered).toEqual([
			{ ...item, answer, delivery: { ...(delivery as IDataObject), already: true } },
		]);
	});

	it('after it has been answered is not answered again, also where it is tried again', async () => {
		model.atOnce = true;
		const items = [await says('one'), await says('two')];
		await run(items);
		const again = await run(items.map((item) => ({ ...item, retry: { key: 'k' } })));
		expect(texts()).toEqual(['one\n\ntwo']);
		expect(again.answered.map(({ delivery }) => delivery)).toMatchObject([
			{ already: true },
			{ already: true },
		]);
	});

	it('after it has failed is answered', async () => {
		const item = await says('one');
		const failed = run([item]);
		(await asked(1)).end(500);
		await failed;
		model.atOnce = true;
		const { answered } = await run([item]);
		expect(answered).toHaveLength(1);
		expect(await answersTo(item)).toHaveLength(1);
	});

	it('after its execution was cancelled is answered', async () => {
		const item = await says('one');
		const stop = new AbortController();
		const cancelled = run([item], { signal: stop.signal });
		await asked(1);
		const again = run([item]);
		await waitFor(2);
		stop.abort();
		(await asked(2)).end();
		const { answered } = await again;
		await cancelled;
		expect(answered).toEqual([expect.objectContaining({ answer: expect.anything() })]);
	});

	it('is answered by each node that answers it, and by Bot Reply with each text', async () => {
		model.atOnce = true;
		const item = await says('one');
		await run([item]);
		for (const text of ['Help', 'More help', 'Help']) {
			await run([item], { type: 'botReply', parameters: { text } });
		}
		expect(await answersTo(item)).toEqual(['Answer to: one', 'Help', 'More help']);
	});

	it('by hand, in the editor, is answered each time, and nobody waits for that', async () => {
		const item = await says('one');
		const runs = [run([item]), run([item], { mode: 'manual' }), run([item], { mode: 'manual' })];
		await asked(3);
		for (const { end } of model.questions) end();
		await Promise.all(runs);
		expect(texts()).toEqual(['one', 'one', 'one']);
	});
});
