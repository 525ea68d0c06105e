#!/usr/bin/env node
// This import must be the first: modules run in the order in which they are imported.
import './assert-node.ts';
import { callCommand } from './commands/line/call-command.ts';
import { ProcessTerminal } from './commands/process-terminal.ts';

const terminal = new ProcessTerminal(process);
// The command has ended, but an idle connection may keep the process alive.
process.exitCode = await callCommand(process.argv.slice(2), terminal);
terminal.ended();
