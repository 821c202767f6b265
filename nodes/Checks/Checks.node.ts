import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { chooseHosts } from './operations/chooseHosts';
import { chooseSlow } from './operations/chooseSlow';
import { explainSlow } from './operations/explainSlow';
import { judgeClocks } from './operations/judgeClocks';
import { reportSecurity } from './operations/reportSecurity';
import { timePushes } from './operations/timePushes';

/** In the order of the panel. */
const operations: Operation[] = [
	chooseHosts,
	chooseSlow,
	explainSlow,
	judgeClocks,
	reportSecurity,
	timePushes,
];

/** Judges what was measured elsewhere on the canvas: clocks, security, slow messages. */
export class Checks implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Checks',
		name: 'checks',
		icon: { light: 'file:checks.svg', dark: 'file:checks.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Judge clocks, the security of hosts, and where slow messages lose their time',
		defaults: { name: 'ClawBot Checks' },
		hidden: true,
		usableAsTool: undefined,
		...describeOperations(operations, chooseHosts),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
