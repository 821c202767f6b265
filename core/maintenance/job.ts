import { strikeSecrets } from '../common/redact';

/*
 * Commands that run on a host by themselves: n8n starts them and asks from time to time how far they are,
 * each time over a connection of its own. Neither a broken connection nor a restart of n8n stops what runs
 * there half-way, and a host that hangs is noticed with the next question.
 */

/** Commands or variables that cannot be used, in words for whoever wrote them into the workflow. */
export class BadJob extends Error {}

export interface JobRequest {
	/** What the commands know as `$name`: letters and digits. */
	variables: Record<string, string>;
	/** Shell commands by the name of their step, in their order; the first that fails ends the job. */
	steps: Record<string, string>;
	/** How long to wait for the end. */
	limitMinutes: number;
}

/** A job under way. */
export interface Job {
	/** Shell command with which n8n asks the host how far it is. */
	ask: string;
	/** ms since 1970. */
	startedAt: number;
	limitMs: number;
	/** When the host was heard last; 0: not yet. */
	heardAt: number;
}

export interface JobOutcome {
	ok: boolean;
	/**
	 * `unreachable`: no word from the host, and whether the job runs is not known. `overdue`: it runs still.
	 * `lost`: it ended without a result, as in a restart of the host. `notStarted`: nothing was done.
	 */
	state: 'done' | 'failed' | 'unreachable' | 'overdue' | 'lost' | 'notStarted';
	/** The step that was under way. */
	step: string;
	/** The end of what the commands wrote, without secrets. */
	output: string;
	/** What the commands wrote behind `note:`. */
	notes: string[];
	seconds: number;
}

/** What n8n's SSH node gives: an answer, or the error of a connection that failed. */
export interface SshAnswer {
	stdout?: unknown;
	stderr?: unknown;
	error?: unknown;
}

/** For so long a host that was heard may be away: networks and SSH services restart. */
export const SILENCE_MS = 5 * 60_000;
const FOLDER = '"$HOME/.clawbot-jobs"';
/** Most of what is kept of an output: it goes through n8n and into a chat. */
const OUTPUT = 4000;
const END = 'END-OF-CLAWBOT-JOB';

/** Errors of connections that never came to a command. */
const NOT_CONNECTED =
	/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|waiting for handshake|authentication methods failed/;

/** A value as one word of a shell, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A job, and the command that starts it.
 * @param id of letters, digits and hyphens, another for each job
 * @param now ms since 1970
 * @throws BadJob where a name or a command cannot be used
 */
export function makeJob(
	{ variables, steps, limitMinutes }: JobRequest,
	id: string,
	now: number,
): { job: Job; command: string } {
	if (!/^[A-Za-z0-9-]{1,80}$/.test(id)) throw new BadJob(`A job cannot be called ${id}`);
	if (!(limitMinutes > 0)) throw new BadJob('The time limit of a job must be more than 0 minutes');
	const script = [
		'set -eu',
		'export LC_ALL=C',
		...Object.entries(variables).map(assignment),
		...Object.entries(steps).flatMap(([name, commands]) => [
			`echo ${quoted(`step: ${name}`)}`,
			commands.trim(),
		]),
	];
	if (script.join('\n').split('\n').includes(END)) {
		throw new BadJob(`A command must have no line ${END}`);
	}
	return {
		job: { ask: askCommand(id), startedAt: now, limitMs: limitMinutes * 60_000, heardAt: 0 },
		command: startCommand(id, script.join('\n')),
	};
}

function assignment([name, value]: [name: string, value: string]): string {
	if (!/^[a-z][A-Za-z0-9]*$/.test(name)) throw new BadJob(`A variable cannot be called ${name}`);
	return `${name}=${quoted(value)}`;
}

/** Removes what jobs left behind two months ago, too. */
function startCommand(id: string, script: string): string {
	return `set -eu; umask 077
mkdir -p ${FOLDER}; cd ${FOLDER}
find . -mindepth 1 -maxdepth 1 -type d -mtime +60 -exec rm -rf -- {} +
mkdir ${id}
cat > ${id}/script <<'${END}'
${script}
${END}
nohup setsid sh -c 'cd ~; sh ${FOLDER}/${id}/script; echo $? > ${FOLDER}/${id}/code' > ${id}/output 2>&1 < /dev/null &
echo $! > ${id}/pid
echo 'clawbot-job: running'`;
}

/** Answers in one line what is to be told from the output, and gives its end. */
function askCommand(id: string): string {
	return `cd ${FOLDER} 2>/dev/null && cd ${id} 2>/dev/null || { echo 'clawbot-job: none'; exit 0; }
if [ -s code ]; then echo "clawbot-job: ended $(cat code)"
elif [ -s pid ] && kill -0 "$(cat pid)" 2>/dev/null; then echo 'clawbot-job: running'
else sleep 1; if [ -s code ]; then echo "clawbot-job: ended $(cat code)"; else echo 'clawbot-job: lost'; fi
fi
grep '^step: ' output | tail -n 1; grep '^note: ' output | tail -n 20; echo 'output:'; tail -c ${OUTPUT} output`;
}

/**
 * What the answer to the command that starts it, or to `ask`, says: the job as it goes on, or its outcome.
 * @param now ms since 1970
 */
export function follow(
	job: Job,
	answer: SshAnswer,
	now: number,
): { job: Job } | { outcome: JobOutcome } {
	const seconds = Math.round((now - job.startedAt) / 1000);
	const text = typeof answer.stdout === 'string' ? answer.stdout : '';
	const [, word, code] = /^clawbot-job: (none|running|lost|ended) ?(\d*)$/m.exec(text) ?? [];
	const ended = (state: JobOutcome['state'], output = outputIn(text)): { outcome: JobOutcome } => ({
		outcome: {
			ok: state === 'done',
			state,
			step: clean(/^step: (.*)$/m.exec(text)?.[1] ?? ''),
			output: clean(output),
			notes: [...text.split('\noutput:\n')[0]!.matchAll(/^note: (.*)$/gm)].map(([, note]) =>
				clean(note!),
			),
			seconds,
		},
	});
	const overdue = now - job.startedAt >= job.limitMs;
	switch (word) {
		case 'ended':
			return ended(Number(code) === 0 ? 'done' : 'failed');
		case 'lost':
			return ended('lost');
		case 'none':
			return ended('notStarted', complaintOf(answer));
		case 'running':
			return overdue ? ended('overdue') : { job: { ...job, heardAt: now } };
		default:
			// Who was never heard is not waited for.
			if (!overdue && now - job.heardAt < SILENCE_MS) return { job };
			return ended(didNotBegin(job, answer) ? 'notStarted' : 'unreachable', complaintOf(answer));
	}
}

const didNotBegin = ({ heardAt }: Job, answer: SshAnswer): boolean =>
	heardAt === 0 && (answer.error === undefined || NOT_CONNECTED.test(complaintOf(answer)));

const outputIn = (text: string): string => text.split('\noutput:\n').slice(1).join('\noutput:\n');

/** Terminals' sequences (CSI, OSC), other control characters, and those that turn the direction of a text. */
const CONTROLS =
	/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\n]*|[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu;

/** Without secrets, and without what only a terminal understands. */
const clean = (text: string): string => strikeSecrets(text.replace(CONTROLS, '')).trim();

function complaintOf({ error, stderr }: SshAnswer): string {
	const said =
		typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
	return [said, stderr].filter((part) => typeof part === 'string' && part !== '').join('\n');
}
