"""The system as `sam build` packs it, deployed on an emulator that asks for permission: `make deployed`.

expanded      template.yaml as CloudFormation would read it after the SAM transform
emulated      what of it the emulator makes, and the list of what it does not
packages      the functions as built, started by the runtime client of Lambda
enforcing     the emulator itself, in a process of its own; emulator starts and stops it
creating      the stack, made of them
deployment    the stack as made, and what an EHR, an officer and an operator do with it
operating     what an operator does besides: grants, schedules, streams, verification
undone        what somebody who died half-way leaves to the sweep
runtime_api   a Lambda service of our own, small, for what the emulator does not get right
"""
