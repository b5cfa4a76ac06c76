"""Stand-ins for the services Countersign talks to: real HTTP, real state, no mocks."""
