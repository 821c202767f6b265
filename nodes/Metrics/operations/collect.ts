import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { asFields } from '../../../protocol/fields';
import { defectOf } from '../../../core/common/defects';
import { defectSample, measure, nameOf, type FetchedPage } from '../../../core/metrics/collect';
import { logDefect } from '../../shared/node/defects';
import { inputField } from '../../shared/node/fields';
import type { Operation } from '../../shared/node/operations';
import { failureOf, sampleItems } from '../items';

export const collect: Operation = {
	option: {
		name: 'Turn Pages Into Samples',
		value: 'collect',
		action: 'Turn pages into samples',
		description:
			'What each metrics page says about CPU, memory or latency since it was read before',
	},
	outputs: ['States', 'Samples'],
	properties: [
		inputField({
			displayName: 'Source',
			name: 'source',
			placeholder: "{{ $('Read the sources').item.json }}",
			description: 'The row of the table of sources that the page belongs to',
		}),
	],
	execute(ctx) {
		const now = Date.now();
		const states: INodeExecutionData[] = [];
		const samples = ctx.getInputData().flatMap((item, index) => {
			const row: unknown = ctx.getNodeParameter('source', index);
			const fetched = { page: item.json.data, failure: failureOf(item), now };
			const { samples: values, state } = measureOne(ctx, row, fetched);
			const { id } = asFields(row) as { id?: number };
			if (state !== undefined) states.push({ json: { id, state }, pairedItem: { item: index } });
			return sampleItems(values, index);
		});
		return [states, samples];
	},
};

/** A defect hides no other source: it is logged, and its sample says so to whoever evaluates. */
function measureOne(
	ctx: IExecuteFunctions,
	row: unknown,
	{ now, ...fetched }: FetchedPage & { now: number },
): ReturnType<typeof measure> {
	try {
		return measure(row, fetched, now);
	} catch (error) {
		const defect = defectOf(`source ${nameOf(row)}`, error);
		logDefect(ctx, defect);
		return { samples: [defectSample(row, defect, now)] };
	}
}
