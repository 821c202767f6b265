import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { excerpt } from '../../../../core/common/redact';
import { unreachable } from '../../../../core/connection/failure';
import type { UpkeepAction, UpkeepEvent } from '../../../../core/connection/upkeepEvents';
import type { DecodedMessage } from '../../../../protocol/message';
import { redact, secretsIn } from '../../http/secrets';
import type { ConnectionReport } from './connectionReport';
import { PendingMessages } from './pendingMessages';
import { PendingRequests } from './pendingRequests';
import { StreamSocket, type SocketListener } from './socket';
import {
	ConnectionFailure,
	type Endpoint,
	type Kinds,
	type Meaning,
	type StreamOutcome,
	type StreamProtocol,
	type WireFrame,
} from './stream';

export interface LinkOptions {
	protocol: StreamProtocol;
	credential: ICredentialDataDecryptedObject;
	/** What to subscribe to at first. */
	kinds: Kinds;
	/** Resolves when it is known what became of the message; never rejects. */
	receive(message: DecodedMessage): Promise<StreamOutcome>;
}

/**
 * The links of one connection: asks the gateway, opens sockets, and tells what happens on them. An
 * acknowledgement goes to the socket that its message came by; where that has ended, nowhere.
 */
export class StreamLinks {
	readonly requests: PendingRequests;
	kinds: Kinds;
	private readonly messages: PendingMessages;
	private readonly endpoints = new Map<number, Endpoint>();
	private readonly sockets = new Map<number, StreamSocket>();

	constructor(
		private readonly options: LinkOptions,
		private readonly report: ConnectionReport,
		private readonly tell: (event: UpkeepEvent) => void,
	) {
		const { protocol, kinds } = options;
		this.requests = new PendingRequests(protocol.service);
		this.messages = new PendingMessages((message) => options.receive(message), report);
		this.kinds = kinds;
	}

	carryOut({ kind, link }: UpkeepAction): void {
		if (kind === 'locate') void this.locate(link);
		if (kind === 'open') this.open(link);
		if (kind === 'ping') this.sockets.get(link)?.ping();
		if (kind === 'end') this.end(link);
	}

	/** @returns whether it is on its way */
	send(link: number, frame: WireFrame): boolean {
		return this.sockets.get(link)?.send(frame) ?? false;
	}

	private async locate(link: number): Promise<void> {
		const { protocol, credential } = this.options;
		try {
			const endpoint = await protocol.locate(credential, this.kinds);
			this.endpoints.set(link, endpoint);
			this.tell({ kind: 'located', link, wishes: endpoint });
		} catch (error) {
			this.tell({ kind: 'lost', link, failure: this.failureOf(error) });
		} finally {
			this.endpoints.delete(link);
		}
	}

	private open(link: number): void {
		const { protocol, credential } = this.options;
		const endpoint = this.endpoints.get(link);
		if (!endpoint) return;
		try {
			const session = protocol.session(endpoint, credential);
			// The address holds a ticket.
			const secrets = secretsIn({ ...credential, endpoint: endpoint.url }, {});
			const shown = (text: string): string => excerpt(redact(text, secrets), 150);
			this.sockets.set(link, new StreamSocket(endpoint, session, this.listenerOf(link, shown)));
		} catch (error) {
			this.tell({ kind: 'lost', link, failure: this.failureOf(error) });
		}
	}

	private end(link: number): void {
		this.sockets.get(link)?.end();
		this.sockets.delete(link);
		this.requests.lost(link);
	}

	private failureOf(error: unknown): ConnectionFailure {
		if (error instanceof ConnectionFailure) return error;
		this.report.defect(error);
		return unreachable('It could not connect through a defect of this package: see the log');
	}

	/** @param shown what the platform says, in one line, without secrets */
	private listenerOf(link: number, shown: (text: string) => string): SocketListener {
		const refused = (why: string): void => {
			this.report.refused(why);
			this.tell({ kind: 'nuisance', link });
		};
		return {
			opened: (socket) => this.tell({ kind: 'opened', link, ...socket }),
			heard: () => this.tell({ kind: 'heard', link }),
			meant: (meaning, bytes) => {
				if (meaning.kind === 'leaving') this.report.leaving(link, shown(meaning.reason));
				this.follow(link, meaning, bytes);
			},
			refused,
			defect: (error) => {
				this.report.defect(error);
				refused('a defect');
			},
			lost: (why) => {
				const { service } = this.options.protocol;
				const failure = unreachable(`${service} ${shown(why)}`);
				this.tell({ kind: 'lost', link, failure });
			},
		};
	}

	private follow(link: number, meaning: Meaning, bytes: number): void {
		const send = (frame: WireFrame): boolean => this.send(link, frame);
		if (meaning.kind === 'message') return void this.messages.take(meaning, bytes, send);
		if (meaning.kind === 'reply' && this.requests.answered(meaning.id, link, meaning)) return;
		if (meaning.kind === 'ended') {
			return this.tell({ kind: 'lost', link, failure: meaning.failure });
		}
		this.tell({ kind: 'nuisance', link });
		if (meaning.kind === 'answer') send(meaning.frame);
		if (meaning.kind === 'ready') this.tell({ kind: 'ready', link });
		if (meaning.kind === 'alive') this.tell({ kind: 'wished', link, wishes: meaning });
		if (meaning.kind === 'leaving') this.tell({ kind: 'leaving', link });
	}
}
