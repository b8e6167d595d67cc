// Loaded into a client's process with `node --import`: answers its connections to EIDER_GATEWAY_SOCKET from within.
import { answerInProcess } from './in-process.ts';

answerInProcess(process.env);
