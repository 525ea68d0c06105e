#!/usr/bin/env node
// This import must be the only one that is loaded at once: on an older Node another may fail with an error that helps nobody.
import './assert-node.ts';

// A gateway reads its settings later, so a SIGHUP that comes while its code is loaded asks for nothing more. Without a listener it would
// end the process, and systemd takes that for a clean end, after which it restarts nothing.
if (['serve', 'dev'].includes(process.argv[2] ?? '')) process.on('SIGHUP', () => {});

const { callCommand } = await import('./commands/line/call-command.ts');
const { ProcessTerminal } = await import('./commands/process-terminal.ts');

const terminal = new ProcessTerminal(process);
// The command has ended, but an idle connection may keep the process alive.
process.exitCode = await callCommand(process.argv.slice(2), terminal);
terminal.ended();
