import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type NodeOperation } from '../shared/node/operations';
import { chooseHosts } from './operations/chooseHosts';
import { chooseSlow } from './operations/chooseSlow';
import { explainSlow } from './operations/explainSlow';
import { judgeClocks } from './operations/judgeClocks';
import { reportSecurity } from './operations/reportSecurity';
import { timePushes } from './operations/timePushes';

/** In the order of the panel. */
const operations: NodeOperation[] = [
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
		displayName: 'Checks',
		name: 'checks',
		icon: { light: 'file:checks.svg', dark: 'file:checks.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Judge clocks, the security of hosts, and where slow messages lose their time',
		defaults: { name: 'Checks' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		...describeOperations(operations, 'chooseHosts'),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return runOperation(this, operations);
	}
}
