import { splitList } from '../../protocol/text';
/** What an operator allows, from the fields of *What is allowed*. */
export interface Allowed {
	ports: AllowedPort[];
	files: AllowedFile[];
	/** `host:port`. */
	certificates: string[];
	/** Entries that are not understood. */
	wrong: string[];
}

export interface AllowedPort {
	protocol: 'tcp' | 'udp';
	port: number;
	/** Name of a host; left out: on every host. */
	host?: string;
}

export interface AllowedFile {
	path: string;
	/** The widest mode that is allowed, as a number. */
	mode: number;
}

/** As many entries as a script takes. */
const MAX_ENTRIES = 100;

/**
 * Reads lists that people write, separated by commas, semicolons or lines:
 * ports `80, 22@bot-1, udp/123`; files `/home/n8n/.n8n/config 600`; certificates `bot.example.com:443`.
 */
export function readAllowed(fields: {
	ports?: string;
	files?: string;
	certificates?: string;
}): Allowed {
	const allowed: Allowed = { ports: [], files: [], certificates: [], wrong: [] };
	const read = <T>(
		text: string | undefined,
		list: T[],
		parse: (entry: string) => T | undefined,
	) => {
		for (const entry of splitList(text ?? '')) {
			const value = list.length < MAX_ENTRIES ? parse(entry) : undefined;
			if (value === undefined) allowed.wrong.push(entry.slice(0, 80));
			else list.push(value);
		}
	};
	read(fields.ports, allowed.ports, readPort);
	read(fields.files, allowed.files, readFile);
	read(fields.certificates, allowed.certificates, readAddress);
	return allowed;
}

function readPort(entry: string): AllowedPort | undefined {
	const [, protocol = 'tcp', digits, host] =
		/^(?:(tcp|udp)\/)?(\d{1,5})(?:@(\S{1,60}))?$/i.exec(entry) ?? [];
	const port = Number(digits);
	if (!(port > 0 && port < 65_536)) return undefined;
	return {
		protocol: protocol.toLowerCase() as 'tcp' | 'udp',
		port,
		...(host !== undefined && { host }),
	};
}

function readFile(entry: string): AllowedFile | undefined {
	const [, path, mode] = /^(\/\S.{0,300}?)\s+0?([0-7]{3})$/.exec(entry) ?? [];
	return path === undefined ? undefined : { path, mode: parseInt(mode!, 8) };
}

function readAddress(entry: string): string | undefined {
	const [, port] = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}:(\d{1,5})$/.exec(entry) ?? [];
	return Number(port) > 0 && Number(port) < 65_536 ? entry : undefined;
}
