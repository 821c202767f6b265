import { useExecutions } from './executions';

const { model, says, run, arrived, waitFor } = useExecutions();
const { asked, texts } = model;

describe('One execution may overtake another', () => {
	const detour = ['First', 'Second', 'Third'].map((name) => ({
		name,
		type: 'n8n-nodes-base.noOp',
	}));

	it('on its way to the node, and what waits there is put back in order', async () => {
		const runs = [run([await says('one')])];
		const one = await asked(1);
		const [second, third] = [await says('two'), await says('three')];
		runs.push(run([second], { before: detour }), run([third]));
		await waitFor(3);
		expect(arrived()).toEqual(['one', 'three', 'two']);
		model.atOnce = true;
		one.end();
		await Promise.all(runs);
		expect(texts()).toEqual(['one', 'two\n\nthree']);
	});

	it('not where both take the same way, however long the first is', async () => {
		model.atOnce = true;
		const long = await Promise.all(
			Array.from({ length: 100 }, async (_, n) => await says(`q${n}`, `user${n}`)),
		);
		const short = await says('last', 'user99');
		const rules = { values: [{ outputName: 'All', textIs: 'anything' }] };
		const before = [{ type: 'botRouter', parameters: { rules } }];
		await Promise.all([run(long, { before }), run([short], { before })]);
		expect(arrived().slice(-2)).toEqual(['q99', 'last']);
	});
});
