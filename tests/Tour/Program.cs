// SPDX-License-Identifier: MIT
using System;
using Tests.Vm;
using Tests.Vm.Harness;
using Tour;

try
{
    Console.WriteLine("Booting the test image: the shipped image plus an agent, through which this tour types its commands.");
    using Guest guest = Guest.Boot(new GuestOptions { Name = "tour", Forwards = [(HostPorts.Redis, 6379), (HostPorts.Nginx, 8080)] });
    Transcript transcript = new(guest);
    BootSteps.Run(guest, transcript);
    ServiceSteps.Run(guest, transcript);
    RegistrySteps.Run(guest, transcript);
    EventSteps.Run(guest, transcript);
    AccessSteps.Run(guest, transcript);
    ChaosSteps.Run(guest, transcript);
    ShutdownSteps.Run(guest, transcript);
    Console.WriteLine();
    Console.WriteLine("Every step held.");
    return 0;
}
catch (GuestFailure failure)
{
    Console.WriteLine();
    Console.WriteLine($"THE TOUR ENDS HERE: {failure.Message}");
    return 1;
}
