import { ConnectionFailure, unreachable } from '../../../../../core/connection/failure';
import { ConnectionReport } from '../../../../../nodes/shared/receive/connection/connectionReport';

/* How long a connection is there, or away: on a clock of the test's own. */

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let report: ConnectionReport;

beforeEach(() => {
	jest.useFakeTimers({ now: 1_000_000 });
	report = new ConnectionReport('Feishu cli_1', log);
});
afterEach(() => {
	jest.useRealTimers();
});

const since = () => {
	const { connectedSince, awaySince } = report.state;
	return { connectedSince, awaySince };
};

it('is away from the start until it is connected', () => {
	expect(since()).toEqual({ connectedSince: undefined, awaySince: 1_000_000 });
	jest.setSystemTime(1_005_000);
	report.note('connected', undefined);
	expect(since()).toEqual({ connectedSince: 1_005_000, awaySince: undefined });
});

it('is away since it was lost, whatever is tried meanwhile', () => {
	report.note('connected', undefined);
	jest.setSystemTime(1_010_000);
	report.note('waiting', unreachable('away'));
	for (const [status, at] of [
		['connecting', 1_020_000],
		['waiting', 1_030_000],
		['connecting', 1_040_000],
	] as const) {
		jest.setSystemTime(at);
		report.note(status, new ConnectionFailure('badCredentials', `since ${at}`, 'Mend it.'));
		expect(report.state).toMatchObject({ status, since: at, awaySince: 1_010_000 });
	}
	jest.setSystemTime(1_050_000);
	report.note('connected', undefined);
	expect(report.state).toMatchObject({ connectedSince: 1_050_000, reconnects: 1 });
	expect(report.state.awaySince).toBeUndefined();
});
