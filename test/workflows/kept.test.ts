import { join } from 'node:path';
import { readWorkflows, type Workflow } from '../../scripts/workflows/workflows';

// What operators and clients show to get in comes in with the request: n8n is to keep none of these executions.

const workflows = readWorkflows(join(__dirname, '../../workflows')).map(({ workflow }) => workflow);

/** Whether a password, a client's secret or a token comes in with its requests. */
const takesSecrets = ({ nodes }: Workflow): boolean =>
	nodes.some(
		({ type, parameters }) =>
			type === 'n8n-nodes-base.webhook' &&
			(parameters.authentication === 'basicAuth' ||
				String(parameters.path).startsWith('clawbot/v1/')),
	);

it('n8n keeps no execution of a workflow that takes secrets: none that succeeded, failed or was started by hand', () => {
	const taking = workflows.filter(takesSecrets);
	expect(taking.map(({ id }) => id).sort()).toEqual([
		'clawbotConnect01',
		'clawbotDlqPage01',
		'clawbotKeysPage1',
		'clawbotRobotAp1',
		'clawbotTokens01',
	]);
	for (const { name, settings } of taking) {
		expect([name, settings]).toMatchObject([
			name,
			{
				saveDataErrorExecution: 'none',
				saveDataSuccessExecution: 'none',
				saveManualExecutions: false,
			},
		]);
	}
});
