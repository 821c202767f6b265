import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { checkParts } from './operations/checkParts';
import { follow } from './operations/follow';
import { makeJob } from './operations/makeJob';
import { next } from './operations/next';
import { planLogs } from './operations/planLogs';
import { planMessages } from './operations/planMessages';
import { planPatches } from './operations/planPatches';
import { report } from './operations/report';
import { takePage } from './operations/takePage';

/** In the order of the panel. */
const operations: Operation[] = [
	checkParts,
	follow,
	makeJob,
	planMessages,
	planLogs,
	planPatches,
	report,
	next,
	takePage,
];

/** Decides what is done on which host, one after the other, and says what became of it. */
export class Maintenance implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Maintenance',
		name: 'maintenance',
		icon: { light: 'file:maintenance.svg', dark: 'file:maintenance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Plan work on hosts, follow it step by step, and report what became of it',
		defaults: { name: 'ClawBot Maintenance' },
		hidden: true,
		usableAsTool: undefined,
		...describeOperations(operations, planLogs),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
