// ASP.NET has a type of the same name.
global using Endpoint = Sluice.DataPlane.Clusters.Endpoint;
